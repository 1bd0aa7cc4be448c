import ScalarIR

extension Op {
  /// The hyperbolic cosine of each element.
  package static let cosh: Op = elementwise(
    "cosh", summary: "elementwise hyperbolic cosine", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.cosh(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let x = context.operands[0]
      return [try builder.op(.mul, cotangent, builder.op(.sinh, x))]
    })
}
