import ScalarIR

extension Op {
  /// The remainder of a truncated quotient, exact, with the sign of the dividend.
  package static let rem: Op = elementwise(
    "rem", summary: "elementwise remainder with the dividend's sign", operands: 2, of: .number,
    meaning: { builder, inputs in
      builder.type(of: inputs[0]).isFloating
        ? builder.floatingRemainder(inputs[0], inputs[1])
        : builder.binary(.rem, inputs[0], inputs[1])
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil, nil] }
      guard context.isWanted[1] else { return [cotangent, nil] }
      let quotient = try builder.op(.div, context.operands[0], context.operands[1])
      let slope = try builder.op(.neg, builder.op(.trunc, quotient))
      return [cotangent, try builder.op(.mul, cotangent, slope)]
    })
}
