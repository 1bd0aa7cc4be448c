import ScalarIR

extension Op {
  /// The sine of each element, an angle in radians of any size.
  package static let sin: Op = elementwise(
    "sin", summary: "elementwise sine", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.sin(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let x = context.operands[0]
      return [try builder.op(.mul, cotangent, builder.op(.cos, x))]
    })
}
