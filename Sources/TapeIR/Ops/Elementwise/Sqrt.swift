import ScalarIR

extension Op {
  /// The square root of each element, correctly rounded.
  package static let sqrt: Op = elementwise(
    "sqrt", summary: "elementwise square root", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.sqrt(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let root = context.results[0]
      return [try builder.op(.div, cotangent, builder.op(.add, root, root))]
    })
}
