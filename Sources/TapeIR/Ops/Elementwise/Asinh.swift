import ScalarIR

extension Op {
  /// The number whose hyperbolic sine each element is.
  package static let asinh: Op = elementwise(
    "asinh", summary: "elementwise inverse hyperbolic sine", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.asinh(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let x = context.operands[0]
      let one = try builder.splat(1, like: x)
      let square = try builder.op(.add, builder.op(.mul, x, x), one)
      return [try builder.op(.mul, cotangent, builder.op(.rsqrt, square))]
    })
}
