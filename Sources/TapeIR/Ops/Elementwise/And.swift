import ScalarIR

extension Op {
  /// `and` of the bits of two integers, or of two booleans.
  package static let and: Op = elementwise(
    "and", summary: "elementwise bitwise and; logical and of booleans", operands: 2,
    of: .integerOrBool,
    meaning: { builder, inputs in builder.binary(.and, inputs[0], inputs[1]) },
    gradient: .zero("and has no floating operand"))
}
