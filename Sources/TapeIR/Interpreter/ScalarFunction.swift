import ScalarIR

/// A scalar expression on bit patterns, with room for its steps.
struct ScalarFunction {
  private let expression: ScalarExpr
  private var registers: [UInt64]

  init(_ expression: ScalarExpr) {
    self.expression = expression
    registers = [UInt64](repeating: 0, count: expression.nodes.count)
  }

  mutating func callAsFunction(_ arguments: [UInt64]) -> [UInt64] {
    expression.evaluate(arguments, &registers)
    return expression.results.map { registers[$0.index] }
  }
}
