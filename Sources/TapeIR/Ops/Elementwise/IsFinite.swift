import ScalarIR

extension Op {
  /// Whether each element is neither infinite nor NaN.
  package static let isFinite: Op = elementwise(
    "is-finite", summary: "elementwise whether x is neither infinite nor nan, as bool", operands: 1,
    of: .floating,
    yieldsBool: true,
    meaning: { builder, inputs in
      let x = inputs[0]
      return builder.compare(
        .lt, builder.abs(x), builder.constant(.infinity, like: x))
    },
    gradient: .zero("is-finite is constant almost everywhere"))
}
