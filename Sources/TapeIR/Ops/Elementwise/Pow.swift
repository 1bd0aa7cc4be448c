import ScalarIR

extension Op {
  /// Each element of a to the power of that of b; integers wrap.
  package static let pow: Op = elementwise(
    "pow", summary: "elementwise power; integers wrap", operands: 2, of: .number,
    meaning: { builder, inputs in
      builder.type(of: inputs[0]).isFloating
        ? builder.pow(inputs[0], inputs[1]) : builder.integerPow(inputs[0], inputs[1])
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil, nil] }
      let (a, b) = (context.operands[0], context.operands[1])
      var cotangents: [Value?] = [nil, nil]
      let (zero, one) = (try builder.splat(0, like: a), try builder.splat(1, like: a))
      if context.isWanted[0] {
        // b a^(b - 1), which is 0 for b = 0 whatever a is.
        let isConstant = try builder.op(.eq, b, zero)
        let less = try builder.op(.select, isConstant, one, builder.op(.sub, b, one))
        let slope = try builder.op(.mul, b, builder.op(.pow, a, less))
        cotangents[0] = try builder.op(
          .mul, cotangent, builder.op(.select, isConstant, zero, slope))
      }
      if context.isWanted[1] {
        // a^b log a, which is 0 for a = 0.
        let base = try builder.op(.select, builder.op(.eq, a, zero), one, a)
        let slope = try builder.op(.mul, builder.op(.log, base), context.results[0])
        cotangents[1] = try builder.op(.mul, cotangent, slope)
      }
      return cotangents
    })
}
