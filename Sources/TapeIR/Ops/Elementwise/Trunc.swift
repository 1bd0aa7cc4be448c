import ScalarIR

extension Op {
  /// Each element without its fraction.
  package static let trunc: Op = elementwise(
    "trunc", summary: "elementwise rounding towards zero to a whole number", operands: 1,
    of: .floating,
    meaning: { builder, inputs in builder.unary(.trunc, inputs[0]) },
    gradient: .zero("trunc is constant almost everywhere"))
}
