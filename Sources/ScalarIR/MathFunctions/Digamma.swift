extension ScalarExprBuilder {
  /// The logarithmic derivative of the gamma function: ∓∞ at ±0, NaN at negative whole numbers.
  ///
  /// From 1 to 2 it is (x - x₀) P(x - 3/2) with its zero x₀; ψ(x + 1) = ψ(x) + 1/x leads there from 0 to
  /// 9. Above there is the asymptotic series, and for negative numbers the reflection
  /// ψ(-y) = ψ(y) + 1/y + π cot π y.
  package mutating func digamma(_ x: Value) -> Value {
    computingWide(x) { builder, x, _ in
      let (zero, one) = (builder.constant(0, like: x), builder.constant(1, like: x))
      let isReflected = builder.compare(.lt, x, zero)
      let y = builder.abs(x)
      let isFar = builder.compare(.ge, y, builder.constant(9, like: x))
      let isUp = builder.compare(.lt, y, one)
      let steps = builder.sub(builder.unary(.floor, y), one)

      // A sum of 1 / (y - i), and of -1 / y where the way is up, as one fraction; the reflection's 1 / y
      // too.
      let first = builder.select(isReflected, one, zero)
      var top = builder.select(isUp, builder.sub(first, one), first)
      let hasInverse = builder.compare(.ne, top, zero)
      var bottom = builder.select(hasInverse, y, one)
      for step in 1...7 {
        let number = builder.constant(Double(step), like: x)
        let factor = builder.sub(y, number)
        let isWanted = builder.compare(.ge, steps, number)
        top = builder.select(isWanted, builder.fma(top, factor, bottom), top)
        bottom = builder.select(isWanted, builder.mul(bottom, factor), bottom)
      }
      let reciprocal = builder.div(one, bottom)
      let sum = builder.quotient(
        FloatPair(high: top, low: zero), by: FloatPair(high: bottom, low: zero),
        reciprocal: reciprocal)

      // y less the steps less the place of the zero, 1.46….
      let down = builder.sub(y, builder.select(isFar, builder.constant(1, like: x), steps))
      let offset = builder.sub(
        builder.sub(down, builder.constant(0x1.762d86356be3fp+0, like: x)),
        builder.constant(0x1.b86a722197829p-54, like: x))
      let t = builder.sub(down, builder.constant(1.5, like: x))
      let series = builder.mul(offset, builder.polynomial(t, Self.digammaSeries))
      let near = builder.exactSum(series, sum.high)
      let nearLow = builder.add(near.low, sum.low)

      let inverse = builder.div(one, y)
      let square = builder.mul(inverse, inverse)
      let tail = builder.mul(square, builder.polynomial(square, Self.digammaTail))
      let sign = builder.select(
        isReflected, builder.constant(0.5, like: x), builder.constant(-0.5, like: x))
      let low = builder.fma(inverse, sign, builder.neg(tail))
      let far = builder.logarithm(builder.select(isFar, y, one), plus: low)
      let high = builder.select(isFar, far, near.high)
      let rest = builder.select(isFar, zero, nearLow)

      // π cot π y, by the distance to the nearest whole number.
      let r = builder.fromNearestInteger(y)
      let sine = builder.sineOfHalfTurns(r)
      let cosine = builder.sineOfHalfTurns(
        builder.sub(builder.constant(0.5, like: x), builder.abs(r)))
      let pi = builder.constant(2 * Self.halfPi.0, like: x)
      let cotangent = builder.mul(pi, builder.div(cosine, sine))
      let turned = builder.exactSum(cotangent, high)
      let reflected = builder.add(turned.high, builder.add(turned.low, rest))
      let direct = builder.add(high, rest)
      let isPole = builder.both(isReflected, builder.compare(.eq, r, zero))
      let value = builder.select(
        isPole, builder.constant(.nan, like: x), builder.select(isReflected, reflected, direct))
      // -1/x so near zero that nothing else counts.
      let isTiny = builder.compare(.lt, y, builder.constant(0x1p-70, like: x))
      let infinity = builder.constant(.infinity, like: x)
      let isFinite = builder.compare(.lt, y, infinity)
      let edge = builder.select(
        builder.compare(.eq, x, infinity), infinity, builder.constant(.nan, like: x))
      let finite = builder.select(
        isTiny, builder.div(builder.constant(-1, like: x), x), value)
      return builder.select(isFinite, finite, edge)
    }
  }

  /// P of ψ(x) = (x - x₀) P(x - 3/2) on 1 ≤ x ≤ 2, relative: error 2^-58.5.
  private static var digammaSeries: [Double] {
    [
      0x1.e6f0cbb873616p-1, -0x1.b1cb63005ee98p-2, 0x1.eca189b8e6f77p-3, -0x1.2feeeb98a78b6p-3,
      0x1.8512e59038468p-4, -0x1.fb44202a2796dp-5, 0x1.4de9aa17d6dbap-5, -0x1.b9f8b11a82d39p-6,
      0x1.256471612751fp-6, -0x1.863564378364fp-7, 0x1.03c0b120e669p-7, -0x1.5a069ead9746fp-8,
      0x1.cd1f6ff222163p-9, -0x1.336e388f6082dp-9, 0x1.99dd7078e8063p-10, -0x1.0fae6b18a9ea2p-10,
      0x1.69e2e4661b052p-11, -0x1.fdd1eb32df84p-12, 0x1.55d74a80f0786p-12, -0x1.2eb58acad4127p-13,
      0x1.865eca17b6239p-14, -0x1.768483c74797dp-13, 0x1.fcf6a57a2fb64p-14,
    ]
  }

  /// Q of ψ(x) = log x - 1/(2x) - Q(1/x²)/x² from x = 8 on: error 2^-56.8.
  private static var digammaTail: [Double] {
    [
      0x1.5555555554dedp-4, -0x1.11111102181fep-7, 0x1.041018ceb2946p-8, -0x1.10f8465262f73p-8,
      0x1.e8bc914d1b0e7p-8, -0x1.0bdd1baf8969fp-6,
    ]
  }
}
