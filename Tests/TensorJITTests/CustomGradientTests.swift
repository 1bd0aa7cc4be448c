import TensorJIT
import Testing

/// Functions whose gradient is the user's.
@Suite struct CustomGradientTests {
  @Test func thePullbackIsTheGradient() throws {
    let clipped = withCustomGradient(
      of: { (x: Tensor) in x * 3 },
      pullback: { _, _, cotangent in minimum(maximum(cotangent, -1), 1) })
    let x = Tensor([1, 2, 3] as [Float])
    let weights = Tensor([5, -7, 0.5] as [Float])
    let (value, gradient) = try valueAndGrad(of: { (x: Tensor) in
      try (clipped(x) * weights).sum()
    })(x)
    #expect(try value.scalar(as: Float.self) == 15 - 42 + 4.5)
    #expect(try gradient.scalars(as: Float.self) == [1, -1, 0.5])
  }

  @Test func inputAndOutputAreAtHand() throws {
    // exp, whose gradient is its value, and its second derivative.
    let exponential = withCustomGradient(
      of: { (x: Tensor) in x.exp() }, pullback: { _, y, cotangent in cotangent * y })
    let x = Tensor([0.5] as [Double])
    let first = grad(of: { (x: Tensor) in try exponential(x).sum() })
    #expect(try first(x).scalars(as: Double.self) == [1.6487212707001282])
    let cube = withCustomGradient(
      of: { (x: Tensor) in x * x * x }, pullback: { x, _, cotangent in cotangent * 3 * x * x })
    let slope = grad(of: { (x: Tensor) in try cube(x).sum() })
    let curvature = grad(of: { (x: Tensor) in try slope(x).sum() })
    #expect(try curvature(Tensor([2] as [Double])).scalars(as: Double.self) == [12])
  }

  @Test func severalInputsAndOutputs() throws {
    let sumAndProduct = withCustomGradient(
      of: { (p: Pair<Tensor, Tensor>) in Pair(p.first + p.second, p.first * p.second) },
      pullback: { p, _, cotangent in
        // Ten times the true one by the first input.
        Pair(
          (cotangent.first + cotangent.second * p.second) * 10,
          cotangent.first + cotangent.second * p.first)
      })
    let input = Pair(Tensor([2] as [Float]), Tensor([5] as [Float]))
    let gradient = try grad(of: { (p: Pair<Tensor, Tensor>) in
      let both = try sumAndProduct(p)
      return (both.first + both.second).sum()
    })(input)
    #expect(try gradient.first.scalars(as: Float.self) == [60])
    #expect(try gradient.second.scalars(as: Float.self) == [3])
  }

  @Test func onLazyValuesAndInsideJit() throws {
    let scale: Float = 2
    let negated = withCustomGradient(
      of: { (x: Tensor) in x }, pullback: { _, _, cotangent in cotangent * -scale })
    let x = Tensor([1, 2] as [Float])
    let y = try negated(x * 1).sum()
    #expect(try y.gradient(withRespectTo: x).scalars(as: Float.self) == [-2, -2])
    let step = jit { (x: Tensor) in try grad(of: { (x: Tensor) in try negated(x).sum() })(x) }
    #expect(try step(x).scalars(as: Float.self) == [-2, -2])
    Runtime.shared.resetCounters()
    for _ in 0..<3 { _ = try negated(x + 1).scalars(as: Float.self) }
  }

  @Test func aPullbackOfAnotherTypeThrows() throws {
    let wrong = withCustomGradient(
      of: { (x: Tensor) in x }, pullback: { _, _, cotangent in cotangent.sum() })
    let error = #expect(throws: TensorError.self) {
      try grad(of: { (x: Tensor) in try wrong(x).sum() })(Tensor([1, 2] as [Float]))
    }
    #expect("\(String(describing: error))".contains("cotangent of the input's type f32[2]"))
  }

  /// The output that the pullback is given depends on the input.
  @Test func secondDerivativesGoThroughTheOutput() throws {
    let exponential = withCustomGradient(
      of: { (x: Tensor) in x.exp() }, pullback: { _, y, cotangent in cotangent * y })
    let f = { (x: Tensor) throws -> Tensor in try exponential(x).sum() }
    let x = Tensor([0] as [Double])
    #expect(try grad(of: { try grad(of: f)($0).sum() })(x).scalars(as: Double.self) == [1])
    let product = try hessianVectorProduct(of: f, at: x, along: Tensor([3] as [Double]))
    #expect(try product.scalars(as: Double.self) == [3])
  }

  @Test func nothingIsKeptOrCompiledAgain() async {
    await #expect(processExitsWith: .success) {
      let identity = withCustomGradient(
        of: { (x: Tensor) in x * 1 }, pullback: { _, _, cotangent in cotangent })
      var x: Tensor? = Tensor([Float](repeating: 1, count: 1 << 20))
      let before = Runtime.shared.counters.bytesInUse
      let sum = try x.map { try identity($0).sum() }
      x = nil
      try sum.map { try eval($0) }
      #expect(Runtime.shared.counters.bytesInUse - before < 1 << 20)
      func loop() throws -> [Float] {
        let last = try scan(count: 3, from: Tensor([2] as [Float])) { c in
          let next = try identity(c) * c
          return (next, next)
        }
        return try last.carry.scalars(as: Float.self)
      }
      let first = try loop()
      #expect(first == [256])
      let compiles = Runtime.shared.counters.compiles
      _ = try loop()
      #expect(Runtime.shared.counters.compiles == compiles)
    }
  }
}
