import ScalarIR

extension Op {
  /// A comparison of two elements of one type, whose result is a `bool`.
  static func comparison(
    _ name: String, _ comparison: ScalarOp.Comparison, summary: String
  ) -> Op {
    elementwise(
      name, summary: summary, operands: 2, of: .any, yieldsBool: true,
      meaning: { builder, inputs in builder.compare(comparison, inputs[0], inputs[1]) },
      gradient: .zero("a comparison is constant almost everywhere"))
  }
}
