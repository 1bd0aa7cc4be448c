import LLVMCodeGen
import LoopIR
import ScalarIR
import TapeIR
import TensorJIT
import TensorJITTestSupport
import Testing

/// Tapes all the way to a GPU: through mapping and PTX, to a machine that runs PTX behind a stand-in
/// for the driver; the results are the interpreter's, bit for bit.
@Suite(.serialized) struct SimulatedGPUTests {
  private static let tapes = [
    "(tape elementwise [(x f32[37]) (y f32[37])] (z (add (mul (tanh x) y) (exp y))) (return z))",
    "(tape halves [(x f16[67]) (y bf16[67])] (z (add x (convert y :to f16))) (return z))",
    "(tape integers [(x i32[130]) (y i32[130])] (z (div x (add y 1))) (return z))",
    """
    (tape softmax [(x f32[5,70])]
      (e (exp (sub x (reduce-max x :axes [1] :keep true))))
      (y (div e (reduce-sum e :axes [1] :keep true))) (return y))
    """,
    """
    (tape row [(x f32[300])]
      (e (exp (sub x (reduce-max x :axes [0] :keep true))))
      (y (div e (reduce-sum e :axes [0] :keep true))) (return y))
    """,
    "(tape sums [(x f32[3,300])] (r (reduce-sum x :axes [1])) (c (reduce-sum x :axes [0])) (return r c))",
    "(tape turned [(x f32[40,33])] (y (transpose x :axes [1 0])) (return y))",
    "(tape products [(x i32[9,20]) (y i32[20,17])] (z (matmul x y)) (return z))",
    "(tape floats [(x f32[9,20]) (y f32[20,17])] (z (matmul x y)) (return z))",
    "(tape running [(x f32[2,90])] (y (cum-sum x :axis 1)) (return y))",
    "(tape long [(x f32[9000])] (y (cum-sum x :axis 0)) (return y))",
    "(tape columns [(x f32[20,70])] (y (cum-max x :axis 0)) (return y))",
    """
    (tape counted [(x f32[30]) (i i32[90,1]) (u f32[90])]
      (y (scatter x i u :inserted-window-dims [0] :scatter-dims-to-operand-dims [0]
        :index-vector-dim 1 :combine add :mode drop)) (return y))
    """,
    """
    (tape scattered [(x f16[9,40]) (i i32[70,1]) (u f16[70,2,40])]
      (y (scatter x i u :update-window-dims [1 2] :scatter-dims-to-operand-dims [0]
        :index-vector-dim 1 :combine add :mode clip)) (return y))
    """,
    "(tape sorted [(x f32[3,50])] (y (sort x :axis 1)) (return y))",
    "(tape best [(x f32[4,40])] (y (argmax x :axis 1)) (return y))",
    """
    (tape folded [(x f32[1,2,6,6]) (k f32[3,2,3,3])]
      (y (conv x k :stride [1 1] :low [1 1] :high [1 1] :layout [NCHW OIHW NCHW])) (return y))
    """,
    "(tape taken [(x f32[7,5]) (i i32[4])] (y (take x i :axis 0 :mode clip)) (return y))",
    "(tape noise [(k u32[2])] (y (random-bits k :type u32[33])) (return y))",
    """
    (tape loop [(x f32[6,3]) (s f32[3])]
      ([last all] (scan s x :length 6 :carry 1
        :body (tape step [(c f32[3]) (e f32[3])] (n (add (mul c 0.5) e)) (o n) (return n o))))
      (return last all))
    """,
  ]

  @Test(arguments: tapes.indices)
  func computesWhatTheInterpreterDoes(_ number: Int) throws {
    let tape = try Tape(parsing: SimulatedGPUTests.tapes[number])
    var options = PipelineOptions()
    options.target = .gpu
    options.grid.launchIterations = 64
    options.verifiesPasses = true
    let program = try Pipeline.program(for: tape, options: options)
    let ptx = try PTXCompiler(for: .usual).assembly(program)
    var random = SplitMix64(seed: UInt64(number))
    let inputs = tape.parameterList.map { parameter in
      let sizes = parameter.type.shape.sizes ?? []
      return Literal(
        dtype: parameter.type.dtype, sizes: sizes,
        bits: (0..<sizes.reduce(1, *)).map { _ in
          let number = Double.random(in: -4...4, using: &random)
          return parameter.type.dtype.isFloating
            ? ScalarValue(parameter.type.dtype, rounding: number).bits
            : ScalarValue(parameter.type.dtype, wrapping: Int(number * 20)).bits
        })
    }
    let found = try SimulatedGPU().run(
      program, ptx: ptx,
      entries: program.kernels.enumerated().map { PTXCompiler.entryName(of: $1, $0) }, inputs)
    let expected = try runTape(tape, inputs: inputs, engine: .interpreter)
    for (found, expected) in zip(found, expected) {
      #expect(found.prefix(expected.bytes.count).elementsEqual(expected.bytes), "\(tape.name)")
    }
  }
}
