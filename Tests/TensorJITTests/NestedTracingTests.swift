import TensorJIT
import Testing

@Suite("Traced functions within traced and differentiated ones")
struct NestedTracingTests {
  let constant = Tensor([10, 20] as [Float])

  @Test("an argument of an outer trace is an argument of the outer program")
  func outerArgument() throws {
    let constant = constant
    let add = jit { (x: Tensor) in try jit { (y: Tensor) in x + y }(constant) }
    #expect(try add(Tensor([1, 2] as [Float])).scalars(as: Float.self) == [11, 22])
    #expect(try add(Tensor([3, 4] as [Float])).scalars(as: Float.self) == [13, 24])
  }

  @Test("what a traced function uses from outside is differentiated")
  func differentiatedCapture() throws {
    let constant = constant
    let gradient = try grad(of: { (w: Tensor) in
      try jit { (y: Tensor) in (w * y).sum() }(constant)
    })(Tensor([1, 2] as [Float]))
    #expect(try gradient.scalars(as: Float.self) == [10, 20])
  }

  @Test("a chain longer than the budget is traced in linear time")
  func longTrace() throws {
    let add = jit { (x: Tensor) in (0..<20_000).reduce(x) { sum, _ in sum + 1 } }
    let clock = ContinuousClock()
    let start = clock.now
    #expect(try add(Tensor([1] as [Float])).scalars(as: Float.self) == [20_001])
    #expect(clock.now - start < .seconds(60))
  }
}
