import ScalarIR

extension Op {
  /// The magnitude of each element.
  package static let abs: Op = elementwise(
    "abs", summary: "elementwise magnitude", operands: 1, of: .number,
    meaning: { builder, inputs in builder.abs(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let sign = try builder.op(.sign, context.operands[0])
      return [try builder.op(.mul, cotangent, sign)]
    })
}
