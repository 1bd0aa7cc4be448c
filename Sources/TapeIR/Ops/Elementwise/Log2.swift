import ScalarIR

extension Op {
  /// The logarithm to base two of each element.
  package static let log2: Op = elementwise(
    "log2", summary: "elementwise logarithm to base two", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.log2(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let x = context.operands[0]
      let scale = try builder.splat(0x1.62e42fefa39efp-1, like: x)
      return [try builder.op(.div, cotangent, builder.op(.mul, x, scale))]
    })
}
