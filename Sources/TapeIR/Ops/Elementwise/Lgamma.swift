import ScalarIR

extension Op {
  /// The logarithm of the magnitude of the gamma function of each element.
  package static let lgamma: Op = elementwise(
    "lgamma", summary: "elementwise logarithm of |gamma(x)|", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.lgamma(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let x = context.operands[0]
      return [try builder.op(.mul, cotangent, builder.op(.digamma, x))]
    })
}
