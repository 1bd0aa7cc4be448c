import ScalarIR

extension Op {
  /// The complementary error function 1 − erf(x) of each element.
  package static let erfc: Op = elementwise(
    "erfc", summary: "elementwise complementary error function, 1 - erf(x)", operands: 1,
    of: .floating,
    meaning: { builder, inputs in builder.erfc(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let x = context.operands[0]
      let bell = try builder.op(.exp, builder.op(.neg, builder.op(.mul, x, x)))
      let slope = try builder.op(.mul, bell, builder.splat(-0x1.20dd750429b6dp0, like: x))
      return [try builder.op(.mul, cotangent, slope)]
    })
}
