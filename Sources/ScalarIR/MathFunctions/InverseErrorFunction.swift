extension ScalarExprBuilder {
  /// The number whose error function `x` is.
  ///
  /// With w = -log(1 - x²) it is x P(w), after Giles ("Approximating the erfinv function", 2011): P is a
  /// polynomial of w - 1 below 6.25, and of √w - 3.25 or √w - 5 in the tails.
  package mutating func erfInv(_ x: Value) -> Value {
    computingWide(x) { builder, x, format in
      let one = builder.constant(1, like: x)
      let parts = builder.splitSignificand(
        builder.fma(builder.neg(x), x, one), .of(.f64))
      let logarithm = builder.logarithmSum(parts, plus: builder.constant(0, like: x))
      let w = builder.neg(logarithm.high)
      let wLow = builder.neg(logarithm.low)
      let center = builder.series(Self.inverseErrorCenter(format), w, wLow, around: 1)
      let magnitude = builder.abs(x)
      let inner = builder.fma(magnitude, center.high, builder.mul(magnitude, center.low))
      let unsigned = builder.rarely(
        builder.compare(.ge, magnitude, builder.constant(Self.inverseErrorEdge, like: x)),
        [magnitude, w, wLow],
        slow: { builder, inputs in
          builder.outerInverseErrorFunction(inputs[0], inputs[1], inputs[2], format)
        }, fast: inner)
      return builder.copySign(unsigned, of: x)
    }
  }

  /// The result for a magnitude from `inverseErrorEdge` on, with w: infinity of 1, NaN above.
  private mutating func outerInverseErrorFunction(
    _ magnitude: Value, _ w: Value, _ wLow: Value, _ format: FloatFormat
  ) -> Value {
    let root = sqrt(w)
    let rootLow = squareRootRest(root, of: w, plus: wLow)
    var slope = series(Self.inverseErrorTail(format), root, rootLow, around: 3.25)
    if format.float == .f64 {
      let far = series(Self.inverseErrorFarTail, root, rootLow, around: 5)
      slope = select(compare(.lt, root, constant(4, like: w)), slope, far)
    }
    let result = fma(magnitude, slope.high, mul(magnitude, slope.low))
    let one = constant(1, like: w)
    let edge = select(
      compare(.eq, magnitude, one), constant(.infinity, like: w), constant(.nan, like: w))
    return select(compare(.lt, magnitude, one), result, edge)
  }

  /// √(1 - exp(-6.25)): where w reaches 6.25.
  private static var inverseErrorEdge: Double { 0x1.ff816cb549c1cp-1 }

  /// A polynomial of x + low less `center`, and a rest.
  private mutating func series(
    _ series: RestedSeries, _ x: Value, _ low: Value, around center: Double
  ) -> FloatPair {
    let distance = sub(x, constant(center, like: x))
    let value = pairedPolynomial(distance, series.coefficients, rest: series.rest)
    let slope = constant(series.coefficients[1], like: x)
    return FloatPair(high: value.high, low: fma(slope, low, value.low))
  }

  /// Coefficients and what rounding the first one took.
  private struct RestedSeries {
    let rest: Double
    let coefficients: [Double]

    init(rest: Double = 0, _ coefficients: [Double]) {
      self.rest = rest
      self.coefficients = coefficients
    }
  }

  /// P below w = 6.25, of w - 1, relative: error 2^-30.8 with degree 12, 2^-58.2 with degree 24.
  private static func inverseErrorCenter(_ format: FloatFormat) -> RestedSeries {
    format.pick(
      single: RestedSeries([
        0x1.209b9bb6b224ep0, 0x1.fb8fcd3bff91dp-3, 0x1.16931a9dd9d21p-8, -0x1.377a64e0cbd49p-9,
        0x1.a3f2a2919c1afp-14, 0x1.40b46f4a8ed3ep-15, -0x1.2007a2cd4400ap-18,
        -0x1.34bf74729b05dp-21, 0x1.21ca07020649bp-23, 0x1.e96bfe3daf771p-30,
        -0x1.966227f3a145bp-29, 0x1.72e537ac0336ap-32, -0x1.c9e216d84f023p-37,
      ]),
      double: RestedSeries(
        rest: -0x1.93d11d8dcf8a6p-55,
        [
          0x1.209b9bb73e395p0, 0x1.fb8fccc606521p-3, 0x1.16931130fac2p-8, -0x1.3779be7c1d22ep-9,
          0x1.a3f0f04a5d1e6p-14, 0x1.4075e5807e357p-15, -0x1.1eee00e155f37p-18,
          -0x1.2f73f6ad2885fp-21, 0x1.06ac93325b314p-23, 0x1.9f12eb07f082ep-28,
          -0x1.9fa464b8bc32dp-29, 0x1.242a37eb0b748p-36, 0x1.293ef95aa41b8p-34,
          -0x1.0729263db3a27p-38, -0x1.7cc93b2848bcep-40, 0x1.5162ad0cfd5e1p-43,
          0x1.8827c2ef57096p-46, -0x1.2d97bb526b745p-49, -0x1.dd410fcf5ca3p-50,
          0x1.3aec8c1c65defp-51,
          -0x1.8ebb4bf264e6ap-54, 0x1.365711f9101cp-57, -0x1.31217ae471a4p-61,
          0x1.5fb95f99a2b61p-66,
          -0x1.6d3631b832c21p-72,
        ]))
  }

  /// P of √w - 3.25, relative, for √w from 2.49: up to 4.2, error 2^-31.1 with degree 10; up to 4, error
  /// 2^-59.4 with degree 20.
  private static func inverseErrorTail(_ format: FloatFormat) -> RestedSeries {
    format.pick(
      single: RestedSeries([
        0x1.8abcc37e34cbcp1, 0x1.0158a6f14203fp0, 0x1.5ffed0dd0492cp-8, -0x1.ebb38bc61aca1p-9,
        0x1.465b7f68c0749p-9, -0x1.ba29e5ee9ee42p-10, 0x1.f7d79a98eb8ebp-11, -0x1.7aff2708f3dcdp-12,
        0x1.e7fa952dc7df9p-18, 0x1.558a046522f4bp-14, -0x1.0ed7472d51a23p-15,
      ]),
      double: RestedSeries(
        rest: -0x1.933dafdb4092cp-54,
        [
          0x1.8abcc380d5a48p1, 0x1.0158a6d641d55p0, 0x1.5ffcfe5b6cdb3p-8, -0x1.ebadabba03b81p-9,
          0x1.468eeca940d8ep-9, -0x1.ba9240d831b35p-10, 0x1.f3cc545f23a44p-11,
          -0x1.7448bcd9e7258p-12,
          0x1.932e8d71505p-16, 0x1.1e6abe24cd9b7p-14, -0x1.8cf45ad4fb9e4p-15, 0x1.a2416eb6ae12dp-17,
          0x1.89985a5346f62p-19, -0x1.0b77e025bdc55p-18, 0x1.8dc2a3fdced8p-20,
          -0x1.ddfdd66bef676p-26,
          -0x1.07e64e7239461p-22, 0x1.1aff6272447cep-23, -0x1.632383f2c6215p-26,
          -0x1.08447199acb77p-26, 0x1.04ccf93b1755ap-27,
        ]))
  }

  /// P of √w - 5, relative, for √w from 4 to 6.05: error 2^-60.5 with degree 19.
  private static var inverseErrorFarTail: RestedSeries {
    RestedSeries(
      rest: -0x1.70019e658fb87p-54,
      [
        0x1.3664ddd1ad7fbp2, 0x1.02a30d1fba10bp0, -0x1.22ea5df1ccc5dp-13, -0x1.c2f36aa15a45bp-13,
        0x1.3ebf4efb55179p-14, -0x1.4a349044457eap-16, 0x1.2fbcfd598f85bp-18,
        -0x1.0a9033bf55c59p-20,
        0x1.ebe33ee754c0dp-23, -0x1.22384c1ffcf51p-24, 0x1.f285ff7706df3p-26,
        -0x1.05660bec82e4cp-26,
        0x1.0ccaf648bf7c5p-27, -0x1.e5581c020e392p-29, 0x1.694c24c25e65fp-30,
        -0x1.a596d930255e4p-32,
        0x1.36076df6cfcb6p-34, 0x1.1b309829b305bp-36, -0x1.6a91d604424dep-36, 0x1.89297027928a2p-38,
      ])
  }
}
