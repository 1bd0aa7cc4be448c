import ScalarIR

extension Op {
  /// The angle of the point (b, a), from −π to π.
  package static let atan2: Op = elementwise(
    "atan2", summary: "elementwise angle of the point (b, a)", operands: 2, of: .floating,
    meaning: { builder, inputs in builder.atan2(inputs[0], inputs[1]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil, nil] }
      let (a, b) = (context.operands[0], context.operands[1])
      let square = try builder.op(.add, builder.op(.mul, a, a), builder.op(.mul, b, b))
      let share = try builder.op(.div, cotangent, square)
      return [
        context.isWanted[0] ? try builder.op(.mul, share, b) : nil,
        context.isWanted[1] ? try builder.op(.neg, builder.op(.mul, share, a)) : nil,
      ]
    })
}
