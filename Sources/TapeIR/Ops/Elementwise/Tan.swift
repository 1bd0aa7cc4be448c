import ScalarIR

extension Op {
  /// The tangent of each element, an angle in radians of any size.
  package static let tan: Op = elementwise(
    "tan", summary: "elementwise tangent", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.tan(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let y = context.results[0]
      let one = try builder.splat(1, like: y)
      let slope = try builder.op(.add, one, builder.op(.mul, y, y))
      return [try builder.op(.mul, cotangent, slope)]
    })
}
