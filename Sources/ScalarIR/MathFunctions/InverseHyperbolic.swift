extension ScalarExprBuilder {
  /// The inverse hyperbolic sine: x + x³ p(x²) up to 1/2, else log(|x| + √(x² + 1)).
  package mutating func asinh(_ x: Value) -> Value {
    computingWide(x) { builder, x, format in
      let magnitude = builder.abs(x)
      let inner = builder.oddSeries(
        magnitude, builder.mul(x, x), Self.inverseSineTail(format))
      let outer = builder.logarithm(
        ofRootAnd: magnitude, plus: builder.constant(1, like: x))
      let isInner = builder.compare(.le, magnitude, builder.constant(0.5, like: x))
      return builder.copySign(builder.select(isInner, inner, outer), of: x)
    }
  }

  /// The inverse hyperbolic cosine, not negative.
  ///
  /// With t = x - 1 it is √(2t) (1 + t p(t)) up to t = 1/2, else log(x + √(x² - 1)).
  package mutating func acosh(_ x: Value) -> Value {
    computingWide(x) { builder, x, format in
      let t = builder.sub(x, builder.constant(1, like: x))
      let twice = builder.add(t, t)
      let root = builder.sqrt(twice)
      let rootLow = builder.squareRootRest(root, of: twice, plus: nil)
      let series = builder.mul(t, builder.polynomial(t, Self.inverseCosineTail(format)))
      let inner = builder.add(root, builder.fma(root, series, rootLow))
      let outer = builder.logarithm(ofRootAnd: x, plus: builder.constant(-1, like: x))
      let isInner = builder.compare(.le, t, builder.constant(0.5, like: x))
      let isDefined = builder.compare(.ge, x, builder.constant(1, like: x))
      return builder.select(
        isDefined, builder.select(isInner, inner, outer), builder.constant(.nan, like: x))
    }
  }

  /// The inverse hyperbolic tangent: x + x³ p(x²) below 1/2, else log((1 + |x|) / (1 - |x|)) / 2.
  package mutating func atanh(_ x: Value) -> Value {
    computingWide(x) { builder, x, format in
      let one = builder.constant(1, like: x)
      let magnitude = builder.abs(x)
      let inner = builder.oddSeries(x, builder.mul(x, x), Self.inverseTangentTail(format))
      let top = builder.exactSum(greater: one, magnitude)
      let bottom = builder.sub(one, magnitude)
      let quotient = builder.div(top.high, bottom)
      let remainder = builder.add(
        builder.fma(builder.neg(quotient), bottom, top.high), top.low)
      let logarithm = builder.logarithm(quotient, plus: builder.div(remainder, top.high))
      let half = builder.mul(logarithm, builder.constant(0.5, like: x))
      let isOne = builder.compare(.eq, magnitude, one)
      let edge = builder.select(
        isOne, builder.constant(.infinity, like: x), builder.constant(.nan, like: x))
      let outer = builder.select(builder.compare(.lt, magnitude, one), half, edge)
      let isInner = builder.compare(.lt, magnitude, builder.constant(0.5, like: x))
      return builder.select(isInner, inner, builder.copySign(outer, of: x))
    }
  }

  /// log(y + √(y² + c)) with c = ±1 for a y ≥ 1/2 with y² + c ≥ 0; log 2y for a large y. Infinity and
  /// NaN stay.
  private mutating func logarithm(ofRootAnd y: Value, plus c: Value) -> Value {
    let square = exactProduct(y, y)
    let radicand = exactSum(square.high, c)
    let radicandLow = add(radicand.low, square.low)
    let root = sqrt(radicand.high)
    let rootLow = squareRootRest(root, of: radicand.high, plus: radicandLow)
    let sum = exactSum(root, y)
    let relative = div(add(sum.low, rootLow), sum.high)
    let isLarge = compare(.gt, y, constant(0x1p28, like: y))
    let parts = splitSignificand(select(isLarge, y, sum.high), .of(.f64))
    let zero = constant(0, like: y)
    let doubled = SplitSignificand(
      exponent: add(parts.exponent, select(isLarge, constant(1, like: y), zero)),
      fraction: parts.fraction)
    let result = logarithm(doubled, plus: select(isLarge, zero, relative))
    return select(compare(.lt, y, constant(.infinity, like: y)), result, y)
  }

  /// What `root`, the rounded square root of `radicand`, lacks to that of `radicand + low`.
  mutating func squareRootRest(
    _ root: Value, of radicand: Value, plus low: Value?
  ) -> Value {
    let lost = fma(neg(root), root, radicand)
    let half = div(constant(0.5, like: root), atLeast(0x1p-500, root))
    return mul(low.map { add(lost, $0) } ?? lost, half)
  }

  /// p of asinh x = x + x³ p(x²) on |x| ≤ 1/2, relative to it: error 2^-34.1 with degree 5, 2^-64.7
  /// with degree 12.
  private static func inverseSineTail(_ format: FloatFormat) -> [Double] {
    format.pick(
      single: [
        -0x1.5555537754b2fp-3, 0x1.3332097accae1p-4, -0x1.6d78aef7fab32p-5, 0x1.ebb9f1fd521aep-6,
        -0x1.47541515df294p-6, 0x1.2c5663a2256b3p-7,
      ],
      double: [
        -0x1.5555555555554p-3, 0x1.333333333303fp-4, -0x1.6db6db6d8d81cp-5, 0x1.f1c71c5f84cbp-6,
        -0x1.6e8ba08692427p-6, 0x1.1c4e919377012p-6, -0x1.c993bc22a23a6p-7, 0x1.7a4b8a18d8735p-7,
        -0x1.3e2a4b521b9a4p-7, 0x1.0a1af7589f99cp-7, -0x1.9e6d243d965cep-8, 0x1.011cb67a27816p-8,
        -0x1.6573fd5d8e49dp-10,
      ])
  }

  /// p of acosh(1 + t) = √(2t) (1 + t p(t)) on 0 ≤ t ≤ 1/2: error 2^-34.1 with degree 5, 2^-60.4 with
  /// degree 11.
  private static func inverseCosineTail(_ format: FloatFormat) -> [Double] {
    format.pick(
      single: [
        -0x1.555553799e03dp-4, 0x1.33320a37df4c3p-6, -0x1.6d78c01a465dep-8, 0x1.ebba644ac6de1p-10,
        -0x1.47536c8da6cd2p-11, 0x1.2c4e69d1f309fp-13,
      ],
      double: [
        -0x1.5555555555541p-4, 0x1.333333333071p-6, -0x1.6db6db6ba2c22p-8, 0x1.f1c71ba85ef46p-10,
        -0x1.6e8b8c831f32p-11, 0x1.1c4d2d5cf8408p-12, -0x1.c972b9ebd3befp-14, 0x1.7940915df9f7bp-15,
        -0x1.3863faccef146p-16, 0x1.e91fef45f217cp-18, -0x1.36e6588c6e356p-19,
        0x1.c1b6c293dd68ap-22,
      ])
  }

  /// p of atanh x = x + x³ p(x²) on |x| ≤ 1/2, relative to it: error 2^-33.4 with degree 6, 2^-61.0
  /// with degree 13.
  private static func inverseTangentTail(_ format: FloatFormat) -> [Double] {
    format.pick(
      single: [
        0x1.5555572c1bdc3p-2, 0x1.99982ae029f31p-3, 0x1.24c250cb8164ap-3, 0x1.c1342e8bbc1e9p-4,
        0x1.a541e2394336ep-4, 0x1.90c30ecbaae19p-6, 0x1.687ca0ff4d282p-3,
      ],
      double: [
        0x1.555555555554cp-2, 0x1.999999999b345p-3, 0x1.24924923c8fb1p-3, 0x1.c71c722ab4a72p-4,
        0x1.745d08b1e7b3cp-4, 0x1.3b1511d336fa5p-4, 0x1.10fa6c9f80ea1p-4, 0x1.e3eb6a6fc3304p-5,
        0x1.9e79da9d072cp-5, 0x1.e7535982ec171p-5, -0x1.4bf24eed59c13p-8, 0x1.65030786c2118p-3,
        -0x1.8ff359e74345bp-3, 0x1.ecd00b93e741dp-3,
      ])
  }
}
