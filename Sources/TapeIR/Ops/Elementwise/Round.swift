import ScalarIR

extension Op {
  /// The whole number nearest to each element; the even one of two.
  package static let round: Op = elementwise(
    "round", summary: "elementwise rounding to the nearest whole number, halves to even",
    operands: 1,
    of: .floating,
    meaning: { builder, inputs in builder.unary(.roundEven, inputs[0]) },
    gradient: .zero("round is constant almost everywhere"))
}
