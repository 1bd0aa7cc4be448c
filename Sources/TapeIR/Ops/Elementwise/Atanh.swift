import ScalarIR

extension Op {
  /// The number whose hyperbolic tangent each element is; NaN beyond ±1.
  package static let atanh: Op = elementwise(
    "atanh", summary: "elementwise inverse hyperbolic tangent", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.atanh(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let x = context.operands[0]
      let one = try builder.splat(1, like: x)
      let square = try builder.op(.mul, builder.op(.sub, one, x), builder.op(.add, one, x))
      return [try builder.op(.div, cotangent, square)]
    })
}
