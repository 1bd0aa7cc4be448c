import ScalarIR

extension Op {
  /// Exclusive `or` of the bits of two integers, or of two booleans.
  package static let xor: Op = elementwise(
    "xor", summary: "elementwise bitwise exclusive or; logical of booleans", operands: 2,
    of: .integerOrBool,
    meaning: { builder, inputs in builder.binary(.xor, inputs[0], inputs[1]) },
    gradient: .zero("xor has no floating operand"))
}
