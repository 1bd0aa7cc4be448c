extension ScalarExprBuilder {
  /// The hyperbolic sine: x + x³ p(x²) below 1, else half the difference of exponentials.
  package mutating func sinh(_ x: Value) -> Value {
    computingWide(x) { builder, x, format in
      let magnitude = builder.abs(x)
      let inner = builder.oddSeries(x, builder.mul(x, x), Self.hyperbolicSineTail(format))
      let outer = builder.halfExponentials(magnitude, areAdded: false, format)
      let isInner = builder.compare(.lt, magnitude, builder.constant(1, like: x))
      return builder.select(isInner, inner, builder.copySign(outer, of: x))
    }
  }

  /// The hyperbolic cosine: half the sum of exponentials.
  package mutating func cosh(_ x: Value) -> Value {
    computingWide(x) { builder, x, format in
      builder.halfExponentials(builder.abs(x), areAdded: true, format)
    }
  }

  /// (exp y ± exp(-y)) / 2 for a y ≥ 0, with one rounding but for a small part of a unit.
  private mutating func halfExponentials(
    _ y: Value, areAdded: Bool, _ format: FloatFormat
  ) -> Value {
    let bounded = atMost(format.pick(single: 100, double: 712), y)
    let scaled = exponentialPair(bounded, plus: nil, format)
    // exp y = 2^n p, so the other one is 2^n (2^-2n / p); beyond n = 40 it does not matter.
    let n = atMost(40, scaled.exponent.quotient)
    let square = powerOfTwo(n, -2, .of(.f64)).power
    let inverse = div(square, scaled.power.high)
    let sum = exactSum(greater: scaled.power.high, areAdded ? inverse : neg(inverse))
    let half = mul(
      add(sum.high, add(sum.low, scaled.power.low)), constant(0.5, like: y))
    return scale(half, scaled.exponent)
  }

  /// p of sinh x = x + x³ p(x²) on |x| ≤ 1, relative to sinh x: error 2^-34.2 with degree 3, 2^-63.3
  /// with degree 6.
  private static func hyperbolicSineTail(_ format: FloatFormat) -> [Double] {
    format.pick(
      single: [
        0x1.5555551aff78dp-3, 0x1.11113517242c5p-7, 0x1.9ffe845d8c6e9p-13, 0x1.7a17d199eef3p-19,
      ],
      double: [
        0x1.5555555555556p-3, 0x1.11111111110a5p-7, 0x1.a01a01a028ac7p-13, 0x1.71de3a464bafdp-19,
        0x1.ae646727e0f04p-26, 0x1.611a50f415d15p-33, 0x1.b4c8f903bf3edp-41,
      ])
  }
}
