import ScalarIR

extension Op {
  /// −1, 0 or 1 by the sign of each element; zeros and NaN stay as they are.
  package static let sign: Op = elementwise(
    "sign", summary: "elementwise sign, as a number", operands: 1, of: .number,
    meaning: { builder, inputs in
      let x = inputs[0]
      let zero = builder.constant(0, like: x)
      let isPositive = builder.compare(.gt, x, zero)
      let isNegative = builder.compare(.lt, x, zero)
      let one = builder.constant(integer: 1, like: x)
      let minusOne = builder.constant(integer: -1, like: x)
      return builder.select(isPositive, one, builder.select(isNegative, minusOne, x))
    },
    gradient: .zero("sign is constant almost everywhere"))
}
