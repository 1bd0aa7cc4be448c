import ScalarIR

extension Op {
  /// log(1 + x) of each element, with small relative error also near zero.
  package static let log1p: Op = elementwise(
    "log1p", summary: "elementwise log(1 + x)", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.log1p(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let x = context.operands[0]
      let one = try builder.splat(1, like: x)
      return [try builder.op(.div, cotangent, builder.op(.add, one, x))]
    })
}
