import SExpression
import TapeIR
import TensorJIT
import Testing

// Lazy tensors with gradients. What depends on options or counters of the process runs in one of its
// own.

extension FeatureTests {
  @Test("H1 nothing runs until a value is asked for, and ops are pure")
  func laziness() async {
    await #expect(processExitsWith: .success) {
      let x = Tensor([1, 2, 3] as [Float])
      let y = (x * 2 + 1).exp().log()
      let z = y - x
      #expect(Runtime.shared.counters.evaluations == 0)
      let values = try floats(z)
      #expect(values == [2, 3, 4])
      #expect(Runtime.shared.counters.evaluations == 1)
      #expect(try floats(x) == [1, 2, 3])
    }
  }

  @Test("H2 gradient with respect to any variable, without marking; gradients nest")
  func gradients() throws {
    let x = Tensor([1, 2, 3] as [Float])
    let middle = x * x
    let y = middle * x
    let slope = try y.gradient(withRespectTo: x)
    let curvature = try slope.gradient(withRespectTo: x)
    let third = try curvature.gradient(withRespectTo: x)
    #expect(try floats(slope) == [3, 12, 27])
    #expect(try floats(curvature) == [6, 12, 18])
    #expect(try floats(third) == [6, 6, 6])
    #expect(try floats(y.gradient(withRespectTo: middle)) == [1, 2, 3])
    let seed = Tensor([1, 0, -1] as [Float])
    #expect(try floats(y.gradient(withRespectTo: x, seed: seed)) == [3, 0, -27])
  }

  @Test("H3 tensors without data: fresh symbols, one shape rule an op")
  func placeholders() throws {
    let letters = SymbolicSize.fresh(28)
    #expect("\(letters[0]) \(letters[1]) \(letters[27])" == "A B B1")
    let (a, b) = (letters[0], letters[1])
    let x = Tensor(placeholder: .f32, [a, b, 3])
    let y = [x, x].concatenated(axis: 1).matmul(Tensor.zeros([3, 5]))
    #expect("\(try y.sizes)" == "[A, 2*B, 5]")
    #expect("\(try (y * 2 + 1).tanh().sum(axis: 2).transposed().sizes)" == "[2*B, A]")
    #expect(try x.flattened().sizes == [3 * a * b])
    #expect("\(x)" == "f32[A,B,3] without values")
    #expect(a + 2 * b - a == 2 * b && (a * 0).constant == 0)
    let gradient = try grad(of: { (x: Tensor) in (x * x).sum() })(x)
    #expect("\(try gradient.sizes)" == "[A, B, 3]")
    #expect(throws: TensorError.traced) { try x.scalars(as: Float.self) }
    #expect(throws: TensorError.traced) { try x.shape }
    let wrong = x + Tensor(placeholder: .f32, [b, a, 3])
    #expect(throws: TensorError.self) { try wrong.sizes }
    #expect(throws: TensorError.self) { try Tensor(placeholder: .f32, [-1]).sizes }
  }

  @Test("H3 symbolic sizes: letters, one shape rule an op, any sizes when it runs")
  func symbolicSizes() throws {
    let tape = try Tape(
      parsing: """
        (tape net [(x f32[B,T,3]) (w f32[3,2*H])]
          (p (matmul x w))
          (q (concat p p :axis 1))
          (s (slice q :start [0 1 0] :limit [B (mul 2 T) (mul 2 H)]))
          (r (reshape p :shape [(mul B T) 2*H]))
          (m (reduce-sum s :axes [2]))
          (return m r))
        """)
    let text = tape.description
    #expect(text.contains("(q (concat p p :axis 1)                           f32[B,2*T,2*H])\n"))
    #expect(text.contains("(m (reduce-sum s :axes [2])                       f32[B,2*T-1])\n"))
    #expect(
      text.contains("(r (reshape p :shape [(mul B T) 2*H])             f32[(mul B T),2*H])\n"))
    #expect(try Tape(parsing: text) == tape)
    #expect(throws: TapeError.self) {
      try Tape(parsing: "(tape t [(x f32[B]) (y f32[T])] (z (add x y)) (return z))")
    }
  }

  @Test("H8 a budget of ops, 0 for eager, reset on evaluation")
  func budget() async {
    await #expect(processExitsWith: .success) {
      Runtime.shared.options.operationBudget = 10
      let x = Tensor([1, 2] as [Float])
      func evaluations(recording count: Int) -> Int {
        let before = Runtime.shared.counters.evaluations
        var y = x
        for _ in 0..<count { y = y + x }
        return Runtime.shared.counters.evaluations - before
      }
      #expect(evaluations(recording: 10) == 0)
      #expect(evaluations(recording: 11) == 1)
      #expect(evaluations(recording: 21) == 1)
      #expect(evaluations(recording: 22) == 2)
      Runtime.shared.options.operationBudget = 0
      #expect(evaluations(recording: 3) == 3)
    }
  }

  @Test("H9 debugging: eager, each op with the line that recorded it")
  func debugging() async {
    await #expect(processExitsWith: .success) {
      Runtime.shared.options.operationBudget = 0
      Runtime.shared.options.recordsCallSites = true
      try debugOneOpAfterTheOther()
    }
  }

  @Test("H10 a - b, 2 - a and 1 / a")
  func reflectedOperators() throws {
    let a = Tensor([1, 2, 4] as [Float])
    let b = Tensor([5, 5, 5] as [Float])
    #expect(try floats(a - b) == [-4, -3, -1])
    #expect(try floats(2 - a) == [1, 0, -2])
    #expect(try floats(1 / a) == [1, 0.5, 0.25])
    #expect(try floats((1 / a).gradient(withRespectTo: a)) == [-1, -0.25, -0.0625])
    #expect(try floats((2 - a).gradient(withRespectTo: a)) == [-1, -1, -1])
  }

  @Test("H11 products in four transpose forms; convolutions with bias, padding, stride, gradients")
  func productsAndConvolutions() throws {
    let a = Tensor([[1, 2, 3], [4, 5, 6]] as [[Float]])
    let b = Tensor([[1, 0], [2, -1], [0, 3]] as [[Float]])
    let product: [Float] = [5, 7, 14, 13]
    let (c, d) = (try a.transposed().eagerly, try b.transposed().eagerly)
    #expect(try floats(a.matmul(b)) == product)
    #expect(try floats(c.transposed().matmul(b)) == product)
    #expect(try floats(a.matmul(d.transposed())) == product)
    #expect(try floats(c.transposed().matmul(d.transposed())) == product)

    // Padded: 0 1 2 3 0; places at 0 and 2.
    let x = Tensor([1, 2, 3] as [Float], shape: [1, 1, 3])
    let kernel = Tensor([1, -1, 2] as [Float], shape: [1, 1, 3])
    let bias = Tensor([10] as [Float])
    let y = x.convolution(with: kernel, bias: bias, stride: [2], padding: .symmetric([1]))
    #expect(try floats(y) == [13, 9])
    let seed = Tensor([1, 2] as [Float], shape: [1, 1, 2])
    let found = try y.gradients(withRespectTo: [x, kernel, bias], seed: seed)
    #expect(try floats(found[0]) == [-1, 4, -2])
    #expect(try floats(found[1]) == [4, 7, 2])
    #expect(try floats(found[2]) == [3])
  }

  @Test("H14 errors say what is wrong")
  func errors() throws {
    do {
      _ = try Tape(parsing: "(tape t [(x f32[2])] (y (frobnicate x)) (return y))")
      Issue.record("no error")
    } catch {
      #expect("\(error)".contains("frobnicate"))
    }
    let x = Tensor([[1, 2], [3, 4], [5, 6]] as [[Float]])
    #expect(failure(x.matmul(x))?.contains("found f32[3,2] and f32[3,2]") == true)
    #expect(thrown { try x.argmax(axis: 0).gradient(withRespectTo: x) }.contains("floating"))
    #expect(
      thrown { try x.sum().gradient(withRespectTo: Tensor([1] as [Float])) }
        .contains("not connected"))
    let traced = jit { (x: Tensor) in try x.sum().scalar(as: Float.self) > 0 ? x : -x }
    #expect(throws: TensorError.traced) { try traced(x) }
  }

  @Test("H15 linear regression finds the line; a chain of 100 ops differentiates")
  func linearRegression() throws {
    let x = Tensor((0..<20).map { Float($0) / 10 - 1 })
    let y = 3 * x - 2
    var line = Pair(Tensor(0 as Float), Tensor(0 as Float))
    let loss = { (line: Pair<Tensor, Tensor>) in
      (line.first * x + line.second - y).square().mean()
    }
    for _ in 0..<200 {
      let slope = try grad(of: loss)(line)
      line = line.mapTensors(with: slope) { $0 - 0.5 * $1 }
    }
    #expect(try line.first.isClose(to: 3, absoluteTolerance: 1e-4))
    #expect(try line.second.isClose(to: -2, absoluteTolerance: 1e-4))

    let start = Tensor([1, -1] as [Double])
    var chain = start
    for _ in 0..<50 { chain = chain * 0.5 + start }
    let found = try chain.gradient(withRespectTo: start).scalars(as: Double.self)
    #expect(found.allSatisfy { abs($0 - 2) < 1e-12 })
  }
}

/// Not in the test itself, because what stands in macros has lines of other files.
private func debugOneOpAfterTheOther() throws {
  let x = Tensor([1, 2] as [Float])
  let before = Runtime.shared.counters.evaluations
  let square = x * x
  #expect(Runtime.shared.counters.evaluations == before + 1)
  #expect(try floats(square) == [1, 4])
  #expect(Runtime.shared.counters.evaluations == before + 1)

  let file = "FeatureTests+LazyTensors.swift"
  let wrong = x + Tensor([1, 2, 3] as [Float])
  let line = #line - 1
  #expect("\(wrong)".contains("\(file):\(line): C2: add needs operands"))
  let missing = x.take(Tensor([0, 7] as [Int32]), axis: 0)
  let missingLine = #line - 1
  #expect(thrown { try eval(missing) }.contains("\(file):\(missingLine): take: index 7"))
  let grown = { (x: Tensor) in
    whileLoop(x, while: { $0.sum() .< 99 }, do: { $0 * 2 }).sum()
  }
  let loopLine = #line - 2
  let message = thrown { try grad(of: grown)(x) }
  #expect(message.contains("gradient of while"))
  #expect(message.contains("\(file):\(loopLine)"))
}

/// The text of the error that a function throws.
private func thrown<Result>(_ function: () throws -> Result) -> String {
  do {
    _ = try function()
    return "no error"
  } catch {
    return "\(error)"
  }
}

extension Tensor {
  /// The tensor, computed.
  fileprivate var eagerly: Tensor {
    get throws {
      try eval(self)
      return self
    }
  }
}
