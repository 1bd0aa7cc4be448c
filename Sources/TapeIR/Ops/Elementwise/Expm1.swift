import ScalarIR

extension Op {
  /// exp(x) − 1 of each element, with small relative error also near zero.
  package static let expm1: Op = elementwise(
    "expm1", summary: "elementwise exp(x) - 1", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.expm1(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let y = context.results[0]
      let one = try builder.splat(1, like: y)
      return [try builder.op(.mul, cotangent, builder.op(.add, y, one))]
    })
}
