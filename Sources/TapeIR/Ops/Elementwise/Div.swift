import ScalarIR

extension Op {
  /// The quotient of two elements; integers truncate.
  package static let div: Op = elementwise(
    "div", summary: "elementwise quotient; integers truncate", operands: 2, of: .number,
    meaning: { builder, inputs in builder.div(inputs[0], inputs[1]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil, nil] }
      let share = try builder.op(.div, cotangent, context.operands[1])
      guard context.isWanted[1] else { return [share, nil] }
      return [share, try builder.op(.neg, builder.op(.mul, share, context.results[0]))]
    })
}
