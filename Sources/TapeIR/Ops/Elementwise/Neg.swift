import ScalarIR

extension Op {
  /// Each element with its sign changed.
  package static let neg: Op = elementwise(
    "neg", summary: "elementwise sign change", operands: 1, of: .number,
    meaning: { builder, inputs in builder.neg(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      return [try builder.op(.neg, cotangent)]
    })
}
