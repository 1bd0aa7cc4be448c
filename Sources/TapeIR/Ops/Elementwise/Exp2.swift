import ScalarIR

extension Op {
  /// Two to the power of each element.
  package static let exp2: Op = elementwise(
    "exp2", summary: "elementwise power of two", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.exp2(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let y = context.results[0]
      let scale = try builder.splat(0x1.62e42fefa39efp-1, like: y)
      return [try builder.op(.mul, cotangent, builder.op(.mul, y, scale))]
    })
}
