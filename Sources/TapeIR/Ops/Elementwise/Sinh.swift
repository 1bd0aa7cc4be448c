import ScalarIR

extension Op {
  /// The hyperbolic sine of each element.
  package static let sinh: Op = elementwise(
    "sinh", summary: "elementwise hyperbolic sine", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.sinh(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let x = context.operands[0]
      return [try builder.op(.mul, cotangent, builder.op(.cosh, x))]
    })
}
