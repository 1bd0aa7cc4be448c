import LoopIR
import SExpression
import ScalarIR
import TapeIR
import TapeLowering
import TapePasses
import Testing

@Suite struct LoweringTests {
  @Test(arguments: [
    "(tape chain [(a f32[3,17]) (b f32[17])] (y (tanh (add (mul a b) 1))) (z (exp y)) (return y z))",
    "(tape scalars [(x f32[]) (y f32[])] (z (div (mul x 2) (add y 3))) (return z))",
    "(tape large [(x f32[9000])] (y (exp (neg x))) (return y))",
    "(tape outer [(a f32[33,1]) (b f32[1,17])] (y (max (add a b) 0)) (return y))",
    "(tape transposed [(a f32[5,33]) (b f32[33,5])] (y (add (transpose a :axes [1 0]) b)) (return y))",
    "(tape tiled [(a f32[70,33]) (b f32[33,70])] (y (add (exp (transpose a :axes [1 0])) b)) (return y))",
    "(tape tiled_batch [(a f32[3,40,50]) (b f64[2,2])] (t (transpose a :axes [0 2 1])) (u (transpose a :axes [2 1 0])) (return t u))",
    "(tape both [(a f32[40,40]) (c f32[40,40])] (y (sub (transpose a :axes [1 0]) (mul a (transpose c :axes [1 0])))) (return y))",
    "(tape moved [(a f32[4,6])] (t (transpose a :axes [1 0])) (return t))",
    "(tape sliced [(a f32[10])] (y (add (slice a :start [1] :limit [9] :stride [2]) 1)) (return y))",
    "(tape joined [(a f32[3,2]) (b f32[3,5]) (c f32[3,1])] (y (mul (concat a (exp b) c :axis 1) 2)) (return y))",
    "(tape reshaped [(a f32[4,6])] (e (exp a)) (r (reshape e :shape [3 8])) (y (add r 1)) (return y r))",
    "(tape identity [(a f32[4,6])] (return a))",
    "(tape counted [(a i32[4,3])] (y (add a (iota :type i32[4,3] :axis 0))) (return y))",
    "(tape constants [(a f32[3])] (c (constant [1 2 3] :type f32[3])) (y (add a c)) (z (constant 7 :type f32[2,2])) (return y c z))",
    "(tape random [(k u32[2])] (r (random-bits k :type u32[40])) (return r))",
    "(tape empty [(a f32[0,4])] (y (exp a)) (s (reduce-sum a :axes [0])) (m (reduce-max a :axes [1])) (return y s m))",
    "(tape wrap [(a i32[7]) (b i32[7])] (d (div a b)) (s (sub a d)) (p (eq a b)) (return d s p))",
  ]) func elementwise(_ text: String) throws { try expectSameBits(text) }

  /// Transposed operands have tiles in scratch; as many as may be get less of it each, or none.
  @Test(arguments: ["f32", "f64"], [1, 2, 5, 130, 600])
  func manyTransposedOperands(_ dtype: String, _ count: Int) throws {
    var text =
      "(tape many [" + (0..<count).map { "(x\($0) \(dtype)[64,70])" }.joined(separator: " ")
    text += "] (y0 (transpose x0 :axes [1 0]))"
    for number in 1..<max(2, count) {
      let operand = "x\(number % count)"
      text += " (t\(number) (transpose \(operand) :axes [1 0]))"
      text += " (y\(number) (sub y\(number - 1) t\(number)))"
    }
    text += " (return y\(max(1, count - 1))))"
    let tape = try #require(try SourceFile(SourceText(text)).tapes.first)
    for kernel in tape.fused().lowered().kernels {
      var bytes = 0
      kernel.body.visit { statement, _ in
        if case .scratch(_, let dtype, let count) = statement { bytes += count * dtype.byteWidth }
      }
      #expect(bytes <= 1 << 20)
    }
    if count <= 5 { try expectSameBits(text) }
  }

  @Test(arguments: [
    "(tape choice [(p bool[]) (x f32[5,33])] ([y z] (cond p x :then (tape t [(x f32[5,33])] (y (exp x)) (s (reduce-sum y :axes [1])) (return y s)) :else (tape e [(x f32[5,33])] (s (reduce-max x :axes [1])) (return x s)))) (w (mul y 2)) (return w z))",
    "(tape loop [(x f32[7])] ([i y z] (while 0 x x :cond (tape c [(i i32[]) (y f32[7]) (z f32[7])] (p (lt i 4)) (return p)) :body (tape b [(i i32[]) (y f32[7]) (z f32[7])] (j (add i 1)) (u (tanh (add y z))) (return j u y)))) (w (sub y z)) (return w i))",
    "(tape steps [(c f32[5]) (x f32[6,5]) (w f32[5,5])] ([d v y m] (scan c w x :length 6 :carry 2 :body (tape s [(c f32[5]) (w f32[5,5]) (x f32[5])] (n (tanh (add (matmul w c) x))) (m (reduce-max n :axes [0])) (n2 n) (return n w n2 m)))) (return d y m))",
    "(tape nested [(c f32[]) (x f32[3,4])] ([d y] (scan c x :length 3 :carry 1 :reverse true :body (tape o [(c f32[]) (x f32[4])] ([d y] (scan c x :length 4 :carry 1 :body (tape i [(c f32[]) (x f32[])] (d (add (mul c 0.5) x)) (e (mul c x)) (return d e)))) (return d y)))) (return d y))",
    "(tape folds [(x f32[4,37]) (i f32[])] (a (reduce x i :axes [0] :body (tape b [(a f32[]) (b f32[])] (c (sub (mul a 0.5) b)) (return c)))) (b (reduce x i :axes [1] :body (tape b [(a f32[]) (b f32[])] (c (sub (mul a 0.5) b)) (return c)))) (c (reduce (mul x 2) i :axes [1 0] :body (tape b [(a f32[]) (b f32[])] (c (sub (mul a 0.5) b)) (return c)))) (return a b c))",
    "(tape pairs [(x f64[3,600,2]) (k i16[3,600,2])] ([a b] (reduce x k 0 1 :axes [0] :body (tape b [(a f64[]) (k i16[]) (b f64[]) (l i16[])] (p (lt k l)) (c (select p a b)) (m (add k l)) (return c m)))) (return b a))",
  ]) func bodies(_ text: String) throws { try expectSameBits(text) }

  @Test(arguments: [
    "(tape softmax [(x f32[5,33])] (m (reduce-max x :axes [1] :keep true)) (e (exp (sub x m))) (s (reduce-sum e :axes [1] :keep true)) (y (div e s)) (return y))",
    "(tape softmax_long [(x f32[2,300])] (m (reduce-max x :axes [1] :keep true)) (e (exp (sub x m))) (s (reduce-sum e :axes [1] :keep true)) (y (div e s)) (return y e))",
    "(tape rows [(x f32[4,3])] (s (reduce-sum x :axes [1])) (y (mul s 2)) (return s y))",
    "(tape all [(x f32[4,3,5])] (s (reduce-sum (exp x) :axes [0 1 2])) (return s))",
    "(tape columns [(x f32[300,5])] (s (reduce-sum x :axes [0])) (return s))",
    "(tape columns2 [(x f32[1100,3])] (s (reduce-sum (mul x x) :axes [0])) (y (sqrt s)) (return y))",
    "(tape middle [(x f32[4,7,5])] (s (reduce-sum x :axes [1])) (return s))",
    "(tape split [(x f32[4,7,5])] (s (reduce-sum x :axes [0 2])) (t (reduce-max x :axes [0 2] :keep true)) (return s t))",
    "(tape long [(x f32[2,70000])] (s (reduce-sum x :axes [1])) (y (mul s 0.5)) (return y))",
    "(tape segments [(x f32[30,3000])] (s (reduce-sum x :axes [0 1])) (return s))",
    "(tape outer_runs [(x f32[50,2,2000])] (s (reduce-sum x :axes [0 2])) (return s))",
    "(tape best [(x f32[4,37])] (i (argmax x :axis 1)) (j (argmax x :axis 0)) (return i j))",
    "(tape integers [(x i32[4,37]) (p bool[4,37])] (s (reduce-sum x :axes [1])) (m (reduce-max x :axes [0])) (q (reduce-sum p :axes [1])) (return s m q))",
    "(tape normal [(x f32[4,64]) (g f32[64])] (mean (mul (reduce-sum x :axes [1] :keep true) 0.015625)) (d (sub x mean)) (v (mul (reduce-sum (mul d d) :axes [1] :keep true) 0.015625)) (y (mul (div d (sqrt (add v 1e-5))) g)) (return y))",
    "(tape none [(x f32[4,3])] (s (reduce-sum x :axes [])) (return s))",
    "(tape negative_zero [] (c (constant -0.0 :type f32[3,4])) (s (reduce-sum c :axes [1])) (return s))",
    "(tape ones [(x f32[4,1])] (s (reduce-sum x :axes [1] :keep true)) (y (sub x s)) (return y s))",
    "(tape doubles [(x f64[5,200])] (s (reduce-sum x :axes [1])) (c (reduce-sum x :axes [0])) (return s c))",
  ]) func reductions(_ text: String) throws { try expectSameBits(text) }

  @Test(arguments: [
    "(tape product [(a f64[3,5]) (b f64[5,4])] (y (matmul a b)) (z (add y 1)) (return z))",
    "(tape batched [(a f32[2,3,5]) (b f32[2,5,4])] (y (matmul a b)) (return y))",
    "(tape left [(a f32[5,3]) (b f32[5,4])] (y (dot a b :lhs-contract [0] :rhs-contract [0])) (return y))",
    "(tape right [(a f32[3,5]) (b f32[4,5])] (y (dot a b :lhs-contract [1] :rhs-contract [1])) (return y))",
    "(tape odd [(a f32[3,5,2]) (b f32[5,2,3])] (y (dot a b :lhs-batch [0] :rhs-batch [2] :lhs-contract [1] :rhs-contract [0])) (return y))",
    "(tape whole [(a i32[3,5]) (b i32[5,4])] (y (matmul a b)) (return y))",
    "(tape logic [(a bool[3,5]) (b bool[5,4])] (y (matmul a b)) (return y))",
    "(tape fed [(x f32[4,3]) (w f32[3,2]) (b f32[2])] (h (tanh (add (matmul x w) b))) (s (reduce-sum h :axes [0 1])) (return s))",
    "(tape prime [(a f32[17,20]) (b f32[20,70])] (y (matmul a b)) (return y))",
    "(tape colliding [(a f32[16,512]) (b f32[512,140])] (y (matmul a b)) (return y))",
    "(tape deep [(a f64[2,13,1100]) (b f64[2,1100,9])] (y (matmul a b)) (return y))",
    "(tape widened [(a bf16[13,37]) (b bf16[150,37])] (y (dot a b :lhs-contract [1] :rhs-contract [1])) (return y))",
    "(tape crossed [(a f32[37,15]) (b f32[150,37])] (y (dot a b :lhs-contract [0] :rhs-contract [1])) (return y))",
    "(tape vectors [(a f32[5]) (b f32[5])] (y (dot a b :lhs-contract [0] :rhs-contract [0])) (return y))",
  ]) func products(_ text: String) throws { try expectSameBits(text) }

  /// Tapes with symbolic sizes are lowered once for all sizes, to the same bits.
  @Test(arguments: [
    "(tape chain [(a f32[B,17]) (b f32[17])] (y (tanh (add (mul a b) 1))) (return y))",
    "(tape softmax [(x f32[B,N])] (m (reduce-max x :axes [1] :keep true)) (e (exp (sub x m))) (s (reduce-sum e :axes [1] :keep true)) (y (div e s)) (return y))",
    "(tape columns [(x f32[B,N])] (s (reduce-sum x :axes [0])) (return s))",
    "(tape split [(x f32[B,3,N])] (s (reduce-sum x :axes [0 2])) (i (argmax x :axis 2)) (return s i))",
    "(tape joined [(a f32[B,2]) (b f32[B,N])] (y (concat a b :axis 1)) (z (slice y :start [0 1] :limit [B N+2])) (return z))",
    "(tape tiled [(a f32[B,N]) (b f32[N,B])] (t (add b (transpose a :axes [1 0]))) (return t))",
    "(tape transposed [(a f32[B,N])] (t (transpose a :axes [1 0])) (r (reshape t :shape [(mul B N)])) (y (add r 1)) (return y))",
    "(tape product [(a f32[B,N]) (b f32[N,4])] (y (matmul a b)) (return y))",
  ]) func symbolicSizes(_ text: String) throws {
    for (b, n) in [(1, 1), (3, 17), (2, 300), (300, 2), (0, 5), (4, 0), (2, 66_000)] {
      if text.contains("i32") || (n == 0 && text.contains("argmax")) { continue }
      let tape = try #require(SourceFile(SourceText(text)).tapes.first)
      let concrete = try tape.specialized(
        ["B": b, "N": n].filter { tape.symbols.contains($0.key) })
      var random = SplitMix(state: 7)
      let inputs = concrete.parameters.map { random.literal(concrete.type(of: $0)) }
      let expected = try TapeInterpreter.run(tape, inputs)
      let program = tape.fused().lowered().simplified().vectorized(vectorBits: 512)
        .parallelized().memoryPlanned()
      let sizes = program.symbols.map { $0 == "B" ? b : n }
      let found = try program.interpret(inputs: inputs, symbols: sizes)
      for (x, y) in zip(expected, found) {
        let isSame = (0..<x.count).allSatisfy { x[$0].isIdentical(to: y[$0]) }
        #expect(isSame, "B = \(b), N = \(n)\n\(tape)\n\(program)")
        if !isSame { return }
      }
    }
  }
}
