import ScalarIR

extension Op {
  /// The hyperbolic tangent of each element.
  package static let tanh: Op = elementwise(
    "tanh", summary: "elementwise hyperbolic tangent", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.tanh(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let y = context.results[0]
      let one = try builder.splat(1, like: y)
      let slope = try builder.op(.sub, one, builder.op(.mul, y, y))
      return [try builder.op(.mul, cotangent, slope)]
    })
}
