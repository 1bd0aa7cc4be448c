import ScalarIR

extension Op {
  /// The number whose error function each element is; NaN beyond ±1.
  package static let erfInv: Op = elementwise(
    "erf-inv", summary: "elementwise inverse error function", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.erfInv(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let y = context.results[0]
      let bell = try builder.op(.exp, builder.op(.mul, y, y))
      let slope = try builder.op(.mul, bell, builder.splat(0x1.c5bf891b4ef6bp-1, like: y))
      return [try builder.op(.mul, cotangent, slope)]
    })
}
