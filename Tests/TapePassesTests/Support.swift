import ScalarIR
import TapeIR
import Testing

/// Whether two runs gave the same: every bit, but any NaN equal to any other.
func areIdentical(_ a: [Literal], _ b: [Literal]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { $0.isIdentical(to: $1) }
}

/// A tensor of `f64` from numbers in row-major order.
func tensor(_ sizes: [Int], _ values: [Double]) -> Literal {
  Literal(dtype: .f64, sizes: sizes, bits: values.map(\.bitPattern))
}

extension Literal {
  /// The elements as numbers.
  var doubles: [Double] { (0..<count).map { self[$0].double } }
}

extension Tape {
  /// The results of a run on the reference interpreter.
  func run(_ inputs: Literal...) throws -> [[Double]] {
    try TapeInterpreter.run(self, inputs).map(\.doubles)
  }
}

/// Checks that the error of `body` is described by `text`.
func expectError(
  _ text: String, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("no error; expected \(text)", sourceLocation: sourceLocation)
  } catch {
    #expect(String(describing: error) == text, sourceLocation: sourceLocation)
  }
}
