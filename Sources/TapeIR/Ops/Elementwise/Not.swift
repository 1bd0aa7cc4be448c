import ScalarIR

extension Op {
  /// All bits of each integer flipped; logical not of booleans.
  package static let not: Op = elementwise(
    "not", summary: "elementwise bitwise not; logical not of booleans", operands: 1,
    of: .integerOrBool,
    meaning: { builder, inputs in builder.unary(.not, inputs[0]) },
    gradient: .zero("not has no floating operand"))
}
