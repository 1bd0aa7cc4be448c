import ScalarIR

extension Op {
  /// The reciprocal of the square root of each element.
  package static let rsqrt: Op = elementwise(
    "rsqrt", summary: "elementwise 1 / √x", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.rsqrt(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let x = context.operands[0]
      let y = context.results[0]
      let slope = try builder.op(.div, y, builder.op(.mul, x, builder.splat(-2, like: x)))
      return [try builder.op(.mul, cotangent, slope)]
    })
}
