extension ScalarExprBuilder {
  /// The logarithmic derivative of the gamma function: ∓∞ at ±0, NaN at negative whole numbers.
  ///
  /// From 1 to 2 it is (x - x₀) P(x - 3/2) with its zero x₀; ψ(x + 1) = ψ(x) + 1/x leads there from 0 to
  /// 3. Above there is the asymptotic series, and for negative numbers the reflection
  /// ψ(-y) = ψ(y) + 1/y + π cot π y. Terms are pairs, as they cancel.
  package mutating func digamma(_ x: Value) -> Value {
    computingWide(x) { builder, x, _ in
      let zero = builder.constant(0, like: x)
      let isReflected = builder.compare(.lt, x, zero)
      let y = builder.abs(x)
      let isFar = builder.compare(.ge, y, builder.constant(3, like: x))
      let inverse = builder.reciprocalPair(y)

      let direct = builder.select(
        isFar, builder.farDigamma(y, inverse), builder.nearDigamma(y, inverse))
      let turned = builder.sum(direct, inverse)
      let value = builder.rarely(
        isReflected, [y, turned.high, turned.low],
        slow: { builder, inputs in
          builder.addingCotangent(
            of: inputs[0], to: FloatPair(high: inputs[1], low: inputs[2]))
        }, fast: builder.add(direct.high, direct.low))
      // -1/x so near zero that nothing else counts.
      let isTiny = builder.compare(.lt, y, builder.constant(0x1p-70, like: x))
      let finite = builder.select(
        isTiny, builder.div(builder.constant(-1, like: x), x), value)
      let infinity = builder.constant(.infinity, like: x)
      let edge = builder.select(
        builder.compare(.eq, x, infinity), infinity, builder.constant(.nan, like: x))
      return builder.select(builder.compare(.lt, y, infinity), finite, edge)
    }
  }

  /// ψ(y) of a y below 3, with 1/y.
  private mutating func nearDigamma(_ y: Value, _ inverse: FloatPair) -> FloatPair {
    let (zero, one) = (constant(0, like: y), constant(1, like: y))
    let isUp = compare(.lt, y, one)
    let isDown = compare(.ge, y, constant(2, like: y))
    let above = exactSum(greater: one, y)
    let below = sub(y, one)
    let base = select(isUp, above.high, select(isDown, below, y))

    let zeroHigh = sub(base, constant(0x1.762d86356be3fp+0, like: y))
    let zeroLow = sub(
      select(isUp, above.low, zero), constant(0x1.b86a722197829p-54, like: y))
    let series = pairedPolynomial(
      sub(base, constant(1.5, like: y)), Self.digammaSeries, rest: 0x1.8cf8be51ac62fp-55)
    let product = exactProduct(zeroHigh, series.high)
    let productLow = add(
      product.low, fma(zeroHigh, series.low, mul(zeroLow, series.high)))

    let inverseBelow = reciprocalPair(select(isDown, below, one))
    let stepHigh = select(isUp, neg(inverse.high), select(isDown, inverseBelow.high, zero))
    let stepLow = select(isUp, neg(inverse.low), select(isDown, inverseBelow.low, zero))
    return sum(
      FloatPair(high: product.high, low: productLow), FloatPair(high: stepHigh, low: stepLow))
  }

  /// log y - 1/(2y) - Q(1/y²)/y² of a y from 3 on, with 1/y.
  private mutating func farDigamma(_ y: Value, _ inverse: FloatPair) -> FloatPair {
    let square = mul(inverse.high, inverse.high)
    let tail = polynomial(square, Self.digammaTail)
    let low = fma(inverse.high, constant(-0.5, like: y), neg(mul(square, tail)))
    return logarithmSum(splitSignificand(y, .of(.f64)), plus: low)
  }

  /// The sum of a pair and π cot π y: NaN of a whole number.
  private mutating func addingCotangent(of y: Value, to pair: FloatPair) -> Value {
    let r = fromNearestInteger(y)
    let total = sum(pair, cotangentOfHalfTurns(r))
    let isPole = compare(.eq, r, constant(0, like: r))
    return select(isPole, constant(.nan, like: r), add(total.high, total.low))
  }

  /// π cot π r of a double in -1/2 ... 1/2, not 0.
  ///
  /// It is (1 - 4r²) (1 + r² H(r²)) / r.
  private mutating func cotangentOfHalfTurns(_ r: Value) -> FloatPair {
    let one = constant(1, like: r)
    let square = exactProduct(r, r)
    let difference = exactSum(greater: one, mul(square.high, constant(-4, like: r)))
    let differenceLow = fma(square.low, constant(-4, like: r), difference.low)
    let series = pairedPolynomial(square.high, [1] + Self.cotangentSeries, rest: 0)
    let top = exactProduct(difference.high, series.high)
    let topLow = fma(
      difference.high, series.low, fma(differenceLow, series.high, top.low))
    return quotient(
      FloatPair(high: top.high, low: topLow),
      by: FloatPair(high: r, low: constant(0, like: r)), reciprocal: div(one, r))
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

  /// Q of ψ(x) = log x - 1/(2x) - Q(1/x²)/x² from x = 3 on: error 2^-62.0 of ψ.
  private static var digammaTail: [Double] {
    [
      0x1.5555555555531p-4, -0x1.11111110dbcb9p-7, 0x1.0410409765ed9p-8, -0x1.1110d8c79cf8ep-8,
      0x1.f06ab23196da7p-8, -0x1.58b331b630f2ap-6, 0x1.4d5244133666ap-4, -0x1.90d833aeef42dp-2,
      0x1.008be61a3c49cp+1, -0x1.277d16d450d0fp+3, 0x1.062fde6102db9p+5, -0x1.2e5ddea65f6b1p+6,
      0x1.4aee470fac37cp+6,
    ]
  }

  /// H of π r cot π r = (1 - 4r²) (1 + r² H(r²)) on |r| ≤ 1/2, relative to it: error 2^-60.3.
  private static var cotangentSeries: [Double] {
    [
      0x1.6b96676b3e0bcp-1, 0x1.5a0d12fb0140ap-1, 0x1.5671eabc5e5a9p-1, 0x1.559ad00ea97b8p-1,
      0x1.55668dd6de10fp-1, 0x1.5558f8837eb6dp-1, 0x1.5562c5930329cp-1, 0x1.54ad30f2de516p-1,
      0x1.5bcc69c20ba8fp-1, 0x1.27233cac997b3p-1, 0x1.222a7064abd81p+0, -0x1.0cc8443ca0fcap+0,
      0x1.3e81b5bb9e243p+2, -0x1.883abd8776883p+2, 0x1.88648724d85f3p+2,
    ]
  }
}
