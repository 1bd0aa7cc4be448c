import ScalarIR

extension Op {
  /// The cosine of each element, an angle in radians of any size.
  package static let cos: Op = elementwise(
    "cos", summary: "elementwise cosine", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.cos(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let x = context.operands[0]
      let slope = try builder.op(.neg, builder.op(.sin, x))
      return [try builder.op(.mul, cotangent, slope)]
    })
}
