import ScalarIR

extension Op {
  /// The angle in −π/2 … π/2 whose tangent each element is.
  package static let atan: Op = elementwise(
    "atan", summary: "elementwise arc tangent", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.atan(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let x = context.operands[0]
      let one = try builder.splat(1, like: x)
      let square = try builder.op(.add, one, builder.op(.mul, x, x))
      return [try builder.op(.div, cotangent, square)]
    })
}
