import ScalarIR

extension Op {
  /// `or` of the bits of two integers, or of two booleans.
  package static let or: Op = elementwise(
    "or", summary: "elementwise bitwise or; logical or of booleans", operands: 2,
    of: .integerOrBool,
    meaning: { builder, inputs in builder.binary(.or, inputs[0], inputs[1]) },
    gradient: .zero("or has no floating operand"))
}
