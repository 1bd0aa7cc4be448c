import ScalarIR

extension Op {
  /// The logarithmic derivative of the gamma function at each element.
  package static let digamma: Op = elementwise(
    "digamma", summary: "elementwise derivative of log gamma", operands: 1, of: .floating,
    meaning: { builder, inputs in builder.digamma(inputs[0]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let slope = try builder.trigamma(context.operands[0])
      return [try builder.op(.mul, cotangent, slope)]
    })
}

extension TapeBuilder {
  /// The derivative of digamma.
  ///
  /// ψ'(y) is 1/y² + 1/(y + 1)² + … + 1/(y + 9)² and the asymptotic series from y + 10 on (Abramowitz
  /// and Stegun, 6.4.12); below 1/2 it is ψ'(x) = π² / sin² π x - ψ'(1 - x).
  fileprivate mutating func trigamma(_ x: Value) throws(TapeError) -> Value {
    let (half, one) = (try splat(0.5, like: x), try splat(1, like: x))
    let isLow = try op(.lt, x, half)
    let y = try op(.select, isLow, op(.sub, one, x), x)
    var sum = try splat(0, like: x)
    for step in 0..<10 {
      let shifted = try op(.add, y, splat(Double(step), like: x))
      sum = try op(.add, sum, op(.div, one, op(.mul, shifted, shifted)))
    }
    let inverse = try op(.div, one, op(.add, y, splat(10, like: x)))
    let square = try op(.mul, inverse, inverse)
    // Bernoulli's numbers from the twelfth down to the second.
    var series = try splat(-691.0 / 2730, like: x)
    for number in [5.0 / 66, -1.0 / 30, 1.0 / 42, -1.0 / 30, 1.0 / 6] {
      series = try op(.add, op(.mul, series, square), splat(number, like: x))
    }
    let tail = try op(.add, half, op(.mul, series, inverse))
    sum = try op(.add, sum, op(.add, inverse, op(.mul, square, tail)))

    // 1/2 where it does not matter, so that no infinity is about.
    let turn = try op(.select, isLow, op(.sub, x, op(.round, x)), half)
    let sine = try op(.sin, op(.mul, turn, splat(.pi, like: x)))
    let ratio = try op(.div, splat(.pi, like: x), sine)
    return try op(.select, isLow, op(.sub, op(.mul, ratio, ratio), sum), sum)
  }
}
