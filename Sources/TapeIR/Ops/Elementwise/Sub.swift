import ScalarIR

extension Op {
  /// The difference of two elements.
  package static let sub: Op = elementwise(
    "sub", summary: "elementwise difference", operands: 2, of: .number,
    meaning: { builder, inputs in builder.sub(inputs[0], inputs[1]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil, nil] }
      return [cotangent, context.isWanted[1] ? try builder.op(.neg, cotangent) : nil]
    })
}
