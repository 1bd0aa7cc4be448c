import ScalarIR

extension Op {
  /// The number of zero bits before the first one bit of each integer.
  package static let clz: Op = elementwise(
    "clz", summary: "elementwise number of leading zero bits", operands: 1, of: .integer,
    meaning: { builder, inputs in builder.unary(.countLeadingZeros, inputs[0]) },
    gradient: .zero("clz has no floating operand"))
}
