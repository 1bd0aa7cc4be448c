import ScalarIR

extension Op {
  /// The number ≥ 0 whose hyperbolic cosine each element is; NaN below 1.
  package static let acosh: Op = elementwise(
    "acosh", summary: "elementwise inverse hyperbolic cosine", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.acosh(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let x = context.operands[0]
      let one = try builder.splat(1, like: x)
      let square = try builder.op(.mul, builder.op(.sub, x, one), builder.op(.add, x, one))
      return [try builder.op(.mul, cotangent, builder.op(.rsqrt, square))]
    })
}
