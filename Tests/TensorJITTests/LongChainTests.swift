import TensorJIT
import Testing

/// Long chains record, run and are freed, and programs that go on for long do not grow.
@Suite(.serialized) struct LongChainTests {
  @Test func aHundredThousandAddsRunWithoutRecursion() throws {
    let one = Tensor([1, 2] as [Float])
    var y = one
    for _ in 0..<100_000 { y = y + 1 }
    #expect(try y.scalars(as: Float.self) == [100_001, 100_002])
  }

  @Test func aMillionAddsRunInBoundedMemory() throws {
    let one = Tensor([1, 2] as [Float])
    var y = one
    let resident = residentBytes()
    for _ in 0..<1_000_000 { y = y + one }
    #expect(try y.scalars(as: Float.self) == [1_000_001, 2_000_002])
    #expect(residentBytes() - resident < 64 << 20)
  }

  @Test func aLongChainThatIsNeverForcedIsFreed() {
    let budget = Runtime.shared.options.operationBudget
    Runtime.shared.options.operationBudget = .max
    defer { Runtime.shared.options.operationBudget = budget }
    var y = Tensor([1, 2] as [Float])
    for _ in 0..<300_000 { y = y + 1 }
  }

  @Test func aHundredOpsDifferentiate() throws {
    let x = Tensor([1.5] as [Double])
    var y = x
    for _ in 0..<100 { y = y * 1.01 }
    let gradient = try y.sum().gradient(withRespectTo: x).scalar(as: Double.self)
    var expected = 1.0
    for _ in 0..<100 { expected *= 1.01 }
    #expect(abs(gradient - expected) < 1e-12 * expected)
  }

  @Test func aTrainingLoopDoesNotGrow() throws {
    var w = Tensor([4, -2] as [Float])
    func step() throws {
      let (_, gradient) = try valueAndGrad(of: { (w: Tensor) in (w * w).sum() })(w)
      w = w - gradient * 0.1
      try eval(w)
    }
    for _ in 0..<50 { try step() }
    // Other tests may take memory meanwhile; a loop that grows does so in every round.
    let grew = try (0..<10).allSatisfy { _ in
      let before = Runtime.shared.counters.bytesInUse
      let resident = residentBytes()
      for _ in 0..<3_000 { try step() }
      return Runtime.shared.counters.bytesInUse > before + 1 << 16
        || residentBytes() - resident >= 32 << 20
    }
    #expect(!grew)
    #expect(try w.scalars(as: Float.self).allSatisfy { abs($0) < 1e-6 })
  }

  @Test func tenMillionCreateAndDropCyclesDoNotGrow() throws {
    let x = Tensor([1, 2] as [Float])
    let y = Tensor([3, 4] as [Float])
    func cycle() { _ = x + y }
    for _ in 0..<10_000 { cycle() }
    let resident = residentBytes()
    for _ in 0..<10_000_000 { cycle() }
    #expect(residentBytes() - resident < 32 << 20)
  }
}
