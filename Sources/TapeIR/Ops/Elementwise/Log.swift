import ScalarIR

extension Op {
  /// The natural logarithm of each element.
  package static let log: Op = elementwise(
    "log", summary: "elementwise natural logarithm", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.log(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      return [try builder.op(.div, cotangent, context.operands[0])]
    })
}
