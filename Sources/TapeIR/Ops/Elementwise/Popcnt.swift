import ScalarIR

extension Op {
  /// The number of one bits of each integer.
  package static let popcnt: Op = elementwise(
    "popcnt", summary: "elementwise number of one bits", operands: 1, of: .integer,
    meaning: { builder, inputs in builder.unary(.popcount, inputs[0]) },
    gradient: .zero("popcnt has no floating operand"))
}
