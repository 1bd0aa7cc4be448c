import ScalarIR

extension Op {
  /// The angle in 0 … π whose cosine each element is; NaN beyond ±1.
  package static let acos: Op = elementwise(
    "acos", summary: "elementwise arc cosine", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.acos(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let x = context.operands[0]
      let one = try builder.splat(1, like: x)
      // Not 1 - x²: the product keeps the digits near ±1.
      let square = try builder.op(.mul, builder.op(.sub, one, x), builder.op(.add, one, x))
      let slope = try builder.op(.neg, builder.op(.rsqrt, square))
      return [try builder.op(.mul, cotangent, slope)]
    })
}
