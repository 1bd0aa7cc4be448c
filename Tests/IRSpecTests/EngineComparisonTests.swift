import IRSpecRunner
import SExpression
import ScalarIR
import TensorJIT
import Testing

/// An engine whose results are held against those of `cpu`.
struct EngineComparisonTests {
  private static let text = """
    (tape double [(x f32[B])] (y (add x x)) (return y))
    ; run:  (double [1 nan]) == [2 nan]
    ; grad: (double [1 2]) ~ [2 2]
    (tape product [(x f32[2,3]) (v f32[3,1])] (y (matmul x v)) (return y))
    ; run:  (product [[1 2 3] [4 5 6]] [[1] [1] [1]]) ~ [[6] [15]]
    """

  @Test func anEngineThatAgrees() {
    let report = check { values, _ in values }
    #expect(report.failures == [])
    // A `grad` yields the tape's results and the gradient.
    #expect(report.comparison == EngineComparison(identical: 4, near: 0, different: 0))
    #expect(
      report.comparison.summary(of: "grid")
        == "grid and cpu: 4 results of the same bits, 0 of libraries within the tolerance, "
        + "0 that differ")
  }

  @Test func aBitIsADifference() {
    let report = check { values, name in name == "double" ? values.map(\.nudged) : values }
    #expect(report.comparison == EngineComparison(identical: 1, near: 0, different: 3))
    // The values themselves are near enough to what the gradient's `~` writes.
    let messages = report.failures.map(\.description)
    #expect(
      messages.contains(
        "<spec>:2:1: error: y of double on grid is not that of cpu; "
          + "expected [2 nan], found [2.0000002 nan]"), "\(messages)")
    #expect(messages.contains { $0.contains(":3:1: error: grad-x of double on grid is not that") })
  }

  @Test func whatALibraryComputesHasATolerance() {
    let report = check { values, name in name == "product" ? values.map(\.nudged) : values }
    #expect(report.failures == [])
    #expect(report.comparison == EngineComparison(identical: 3, near: 1, different: 0))
  }

  @Test func anEngineThatFailsDiffers() {
    let report = check { (_, _) throws(TensorError) in throw .device("lost") }
    #expect(report.comparison == EngineComparison(identical: 0, near: 0, different: 3))
    #expect(
      report.failures.contains {
        $0.description.contains("double on grid and on cpu cannot be compared; found lost")
      }, "\(report.failures)")
  }

  /// What comes of the text where the engine `grid` gives what `change` makes of its results.
  private func check(
    change: @escaping @Sendable ([Literal], _ tape: String) throws(TensorError) -> [Literal]
  ) -> SpecReport {
    var runner = SpecRunner()
    runner.engines = [.engine(.cpu), .engine(.grid)]
    runner.compared = .engine(.grid)
    let evaluate = runner.evaluate
    runner.evaluate = { (engine, tape, inputs, bufferGuard) throws(TensorError) in
      let results = try evaluate(engine, tape, inputs, bufferGuard)
      return engine == .engine(.grid) ? try change(results, tape.name) : results
    }
    return runner.check(SourceText(name: "<spec>", Self.text))
  }
}

extension Literal {
  /// The first element replaced by the next greater number.
  fileprivate var nudged: Literal {
    var bits = (0..<count).map { self[$0].bits }
    bits[0] += 1
    return Literal(dtype: dtype, sizes: sizes, bits: bits)
  }
}
