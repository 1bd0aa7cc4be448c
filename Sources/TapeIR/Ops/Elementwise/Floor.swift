import ScalarIR

extension Op {
  /// The greatest whole number that is not greater than each element.
  package static let floor: Op = elementwise(
    "floor", summary: "elementwise rounding down to a whole number", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.unary(.floor, inputs[0]) },
    gradient: .zero("floor is constant almost everywhere"))
}
