import ScalarIR

extension Op {
  /// The logistic function 1 / (1 + exp(−x)) of each element.
  package static let logistic: Op = elementwise(
    "logistic", summary: "elementwise logistic function, 1 / (1 + exp(-x))", operands: 1,
    of: .floating,
    meaning: { builder, inputs in builder.logistic(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let y = context.results[0]
      let one = try builder.splat(1, like: y)
      let slope = try builder.op(.mul, y, builder.op(.sub, one, y))
      return [try builder.op(.mul, cotangent, slope)]
    })
}
