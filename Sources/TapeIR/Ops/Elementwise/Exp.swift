import ScalarIR

extension Op {
  /// The natural exponential of each element.
  package static let exp: Op = elementwise(
    "exp", summary: "elementwise natural exponential", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.exp(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      return [try builder.op(.mul, cotangent, context.results[0])]
    })
}
