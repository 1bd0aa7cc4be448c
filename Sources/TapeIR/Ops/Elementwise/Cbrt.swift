import ScalarIR

extension Op {
  /// The real cube root of each element.
  package static let cbrt: Op = elementwise(
    "cbrt", summary: "elementwise cube root", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.cbrt(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let y = context.results[0]
      let three = try builder.splat(3, like: y)
      let square = try builder.op(.mul, y, y)
      return [try builder.op(.div, cotangent, builder.op(.mul, three, square))]
    })
}
