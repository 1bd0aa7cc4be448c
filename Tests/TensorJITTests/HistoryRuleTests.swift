import TensorJIT
import Testing

/// What a gradient finds after evaluations: the rules of history, one test each.
@Suite struct HistoryRuleTests {
  @Test func anEvaluatedTensorIsALeafForWhatIsRecordedLater() throws {
    let x = Tensor([1, 2] as [Float])
    let h = x * x
    try eval(h)
    let y = (h * 3).sum()
    #expect(try y.gradient(withRespectTo: h).scalars(as: Float.self) == [3, 3])
    #expect(isNotConnected { try y.gradient(withRespectTo: x) })
  }

  @Test func anEvaluatedTensorKeepsItsOwnRecipe() throws {
    let w = Tensor([1, 2] as [Float])
    let loss = (w * w * w).sum()
    #expect(loss.description == "9.0")
    let gradient = try loss.gradient(withRespectTo: w)
    #expect(try gradient.scalars(as: Float.self) == [3, 12])
    // And the gradient has a gradient, though the loss was evaluated.
    let second = try gradient.gradient(withRespectTo: w)
    #expect(try second.scalars(as: Float.self) == [6, 12])
  }

  @Test func aRecipeKeepsNoDataAlive() throws {
    let w = Tensor([2, 3] as [Float])
    func makeLoss() throws -> Tensor {
      let batch = Tensor([4, 5] as [Float])
      let loss = (w * batch).sum()
      try eval(loss)
      return loss
    }
    let loss = try makeLoss()
    let error = #expect(throws: TensorError.self) { try loss.gradient(withRespectTo: w) }
    if case .historyReleased(let message) = error {
      #expect(message.contains("mul"))
    } else {
      Issue.record("the gradient needs a batch that is gone, found \(String(describing: error))")
    }
  }

  /// What led to a value that is there is not needed, unless a variable is behind it.
  @Test func whatLedToAnEvaluatedConstantMayBeGone() throws {
    let w = Tensor([2, 3] as [Float])
    let x = Tensor([4, 5] as [Float])
    // The square is no longer there, but the batch is.
    let batch = x * x + 1
    let loss = w * batch
    try eval(batch, loss)
    let gradient = try loss.gradient(withRespectTo: w)
    #expect(try floats(gradient) == [17, 26])
    // The gradient is connected to what the batch was made from.
    #expect(try floats(gradient.gradient(withRespectTo: batch)) == [1, 1])
    #expect(try floats(gradient.gradient(withRespectTo: x)) == [8, 10])
  }

  @Test func whatIsRecordedFromATrackedTensorStaysConnected() throws {
    let x = Tensor([1, 2] as [Float]).tracked()
    let h = x * x
    try eval(h)
    let y = (h * 3).sum()
    try eval(y)
    #expect(try y.gradient(withRespectTo: x).scalars(as: Float.self) == [6, 12])
    let cut = (h.detached() * 3).sum()
    #expect(isNotConnected { try cut.gradient(withRespectTo: x) })
  }

  @Test func gradientsEndAtADetachedTensor() throws {
    let x = Tensor([1, 3] as [Float])
    let f = { (x: Tensor) in (x.detached() * x).sum() }
    #expect(try grad(of: f)(x).scalars(as: Float.self) == [1, 3])
    #expect(try f(x).gradient(withRespectTo: x).scalars(as: Float.self) == [1, 3])
    let pending = x * 2
    let y = (pending.detached() * pending).sum()
    #expect(try y.gradient(withRespectTo: pending).scalars(as: Float.self) == [2, 6])
  }

  @Test func aDifferentiatedFunctionMayReadValuesAndBranch() throws {
    let f = { (x: Tensor) throws -> Tensor in
      let h = x * x
      let factor = Tensor([10] as [Float])
      let isLarge = try h.sum().scalar(as: Float.self) > 10
      return isLarge ? (h * factor).sum() : h.sum()
    }
    #expect(try grad(of: f)(Tensor([1, 2] as [Float])).scalars(as: Float.self) == [2, 4])
    #expect(try grad(of: f)(Tensor([3, 4] as [Float])).scalars(as: Float.self) == [60, 80])
  }

  /// What is computed on the way from tensors of its own is kept as well.
  @Test func temporariesOfADifferentiatedFunctionAreKept() throws {
    let f = { (w: Tensor) throws -> Tensor in
      let m = Tensor([1, 2] as [Float]) + 1
      let y = w * m
      _ = try y.scalars(as: Float.self)
      return y.sum()
    }
    #expect(try grad(of: f)(Tensor([5, 7] as [Float])).scalars(as: Float.self) == [2, 3])
    let long = { (w: Tensor) in
      let isTrue = Tensor([true, false]).any()
      var y = select(isTrue, w * (Tensor([1, 2] as [Float]) + 1), w)
      for _ in 0..<3000 { y = y * 1.0001 }
      return y.sum()
    }
    var factor = 1.0
    for _ in 0..<3000 { factor *= 1.0001 }
    let found = try grad(of: long)(Tensor([5, 7] as [Float])).scalars(as: Float.self)
    #expect(abs(Double(found[0]) - 2 * factor) < 1e-3 && abs(Double(found[1]) - 3 * factor) < 1e-3)
  }

  @Test func anUnusedArgumentGetsZeros() throws {
    let f = { (p: Pair<Tensor, Tensor>) in p.first.sum() }
    let gradient = try grad(of: f)(Pair(Tensor([1, 2] as [Float]), Tensor([3] as [Float])))
    #expect(try gradient.first.scalars(as: Float.self) == [1, 1])
    #expect(try gradient.second.scalars(as: Float.self) == [0])
  }

  @Test func unconnectedLazyValuesThrow() throws {
    let x = Tensor([1, 2] as [Float])
    let other = Tensor([1, 2] as [Float])
    #expect(isNotConnected { try (x * 2).sum().gradient(withRespectTo: other) })
  }

  @Test func readingInsideJitThrows() throws {
    let f = jit { (x: Tensor) throws -> Tensor in
      _ = try x.scalars(as: Float.self)
      return x
    }
    #expect(throws: TensorError.traced) { try f(Tensor([1, 2] as [Float])) }
  }

  @Test func nestedGradientsDoNotConfuseTheirVariables() throws {
    // d/dx [x · d/dy (x + y)] at 1 is 1: the inner derivative is by y only.
    let outer = grad(of: { (x: Tensor) throws -> Tensor in
      let inner = grad(of: { (y: Tensor) in (x + y).sum() })
      return try (x * inner(x)).sum()
    })
    #expect(try outer(Tensor([1] as [Float])).scalars(as: Float.self) == [1])
    let third = grad(of: grad1(grad1 { ($0 * $0 * $0 * $0).sum() }))
    #expect(try third(Tensor([2] as [Float])).scalars(as: Float.self) == [48])
  }

  private func isNotConnected(_ body: () throws -> Tensor) -> Bool {
    do {
      _ = try body()
      return false
    } catch {
      if case .notConnected? = error as? TensorError { return true }
      return false
    }
  }

  private func grad1(_ f: @escaping (Tensor) throws -> Tensor) -> (Tensor) throws -> Tensor {
    { x in try grad(of: f)(x).sum() }
  }
}
