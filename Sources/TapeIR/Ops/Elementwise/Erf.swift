import ScalarIR

extension Op {
  /// The error function of each element.
  package static let erf: Op = elementwise(
    "erf", summary: "elementwise error function", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.erf(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let x = context.operands[0]
      let bell = try builder.op(.exp, builder.op(.neg, builder.op(.mul, x, x)))
      let slope = try builder.op(.mul, bell, builder.splat(0x1.20dd750429b6dp0, like: x))
      return [try builder.op(.mul, cotangent, slope)]
    })
}
