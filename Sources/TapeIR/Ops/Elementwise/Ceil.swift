import ScalarIR

extension Op {
  /// The least whole number that is not less than each element.
  package static let ceil: Op = elementwise(
    "ceil", summary: "elementwise rounding up to a whole number", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.unary(.ceil, inputs[0]) },
    gradient: .zero("ceil is constant almost everywhere"))
}
