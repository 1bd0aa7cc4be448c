extension ScalarExprBuilder {
  /// The logarithm of the magnitude of the gamma function.
  ///
  /// Near 2 it is the polynomial t ψ(2) + t² P(t), t = x - 2; by Γ(x + 1) = x Γ(x) that serves from -0.58
  /// to 8.4. Above there is Stirling's series, below there is Euler's reflection. `f32` takes the whole
  /// series too, for the zeros at negative numbers; its logarithm is a single double.
  package mutating func lgamma(_ x: Value) -> Value {
    computingWide(x) { builder, x, format in
      let zero = builder.constant(0, like: x)
      let isReflected = builder.compare(.lt, x, builder.constant(-0.58, like: x))
      let y = builder.abs(x)
      let direct = builder.directLogarithmOfGamma(builder.select(isReflected, y, x), format)

      let value = builder.rarely(
        isReflected, [y, direct.high, direct.low],
        slow: { builder, inputs in
          builder.reflectedLogarithmOfGamma(
            inputs[0], direct: FloatPair(high: inputs[1], low: inputs[2]))
        }, fast: builder.add(direct.high, direct.low))
      let isPole = builder.compare(.eq, x, zero)
      let infinity = builder.constant(.infinity, like: x)
      let isFinite = builder.compare(.lt, y, infinity)
      let edge = builder.select(builder.compare(.eq, y, infinity), infinity, x)
      return builder.select(
        isFinite, builder.select(isPole, infinity, value), edge)
    }
  }

  /// log |Γ(-y)| = log π - log |y sin π y| - log Γ(y), of pairs, as it cancels: infinity where y is
  /// whole.
  private mutating func reflectedLogarithmOfGamma(
    _ y: Value, direct: FloatPair
  ) -> Value {
    let r = abs(fromNearestInteger(y))
    let sine = sineOfHalfTurns(r)
    let product = exactProduct(y, sine.high)
    let productLow = fma(y, sine.low, product.low)
    let logarithm = logarithmPair(product.high)
    let logarithmLow = add(logarithm.low, div(productLow, product.high))
    let first = sum(
      FloatPair(
        high: constant(0x1.250d048e7a1bdp+0, like: y), low: constant(0x1.7abf2ad8d5088p-57, like: y)
      ),
      FloatPair(high: neg(logarithm.high), low: neg(logarithmLow)))
    let total = sum(first, FloatPair(high: neg(direct.high), low: neg(direct.low)))
    let isPole = compare(.eq, r, constant(0, like: r))
    return select(
      isPole, constant(.infinity, like: r), add(total.high, total.low))
  }

  /// log Γ(y) of a y above -0.6.
  private mutating func directLogarithmOfGamma(
    _ y: Value, _ format: FloatFormat
  ) -> FloatPair {
    let (zero, one) = (constant(0, like: y), constant(1, like: y))
    let half = constant(0.5, like: y)
    // The steps down to √2 ... √2 + 1, or up where negative.
    let steps = unary(.floor, sub(y, constant(0x1.6a09e667f3bcdp0, like: y)))
    let isFar = compare(.ge, steps, constant(7, like: y))
    let isUp = compare(.lt, steps, zero)
    let isUpTwice = compare(.lt, steps, constant(-1, like: y))
    let bounded = select(isFar, zero, steps)
    let t = sub(y, add(atLeast(-2, bounded), constant(2, like: y)))

    // Γ(y) is that of the place near 2 times, or by, a product.
    var product = one
    for step in 1...6 {
      let next = mul(product, sub(y, constant(Double(step), like: y)))
      product = select(
        compare(.ge, bounded, constant(Double(step), like: y)), next, product)
    }
    product = select(isUp, select(isUpTwice, abs(fma(y, y, y)), y), product)
    let argument = select(isFar, y, product)

    let parts = splitSignificand(argument, .of(.f64))
    let logarithm =
      format.float == .f32
      ? FloatPair(high: self.logarithm(parts, plus: zero), low: zero)
      : logarithmPair(argument)
    // Near 1 the terms of first order nearly cancel, so they are joined.
    let isNearOne = both(
      both(isUp, unary(.not, isUpTwice)), compare(.eq, parts.exponent, zero))
    let fraction = FloatFormat.of(.f64)
    let signedHigh = select(isUp, neg(logarithm.high), logarithm.high)
    let signedLow = select(isUp, neg(logarithm.low), logarithm.low)
    let beyond = neg(logarithmTail(parts.fraction, plus: zero, fraction))
    let high = select(isNearOne, beyond, signedHigh)
    let low = select(isNearOne, zero, signedLow)
    // ψ(2), or ψ(1) = ψ(2) - 1, and what rounding takes of both.
    let slopeHigh = select(
      isNearOne, constant(-0x1.2788cfc6fb619p-1, like: y), constant(0x1.b0ee6072093cep-2, like: y))
    let slopeLow = constant(0x1.6cb90701fbfabp-58, like: y)
    let coefficients = Self.gammaSeries
    let slope = polynomial(t, Array(coefficients.dropFirst()))
    let start = constant(coefficients[0], like: t)
    let series = fma(slope, t, start)
    let seriesLow = fma(slope, t, sub(start, series))
    let square = exactProduct(t, t)
    let second = exactProduct(square.high, series)
    let secondLow = fma(square.high, seriesLow, fma(square.low, series, second.low))
    let linear = exactProduct(t, slopeHigh)
    let linearLow = fma(t, slopeLow, linear.low)
    let sum = exactSum(high, linear.high)
    let total = exactSum(sum.high, second.high)
    let small = add(sum.low, add(low, add(linearLow, secondLow)))
    let near = FloatPair(high: total.high, low: add(total.low, small))

    // (y - 1/2) (log y - 1) + (log 2π - 1) / 2 + S(1/y²) / y.
    let inverse = div(one, y)
    let stirling = polynomial(mul(inverse, inverse), Self.stirlingSeries)
    let lessOne = exactSum(greater: logarithm.high, neg(one))
    let factor = sub(y, half)
    let main = exactProduct(factor, lessOne.high)
    let rest = fma(
      factor, add(lessOne.low, logarithm.low),
      fma(inverse, stirling, constant(0x1.acfe390c97d69p-2, like: y)))
    let isOverflow = compare(.eq, main.high, constant(.infinity, like: y))
    let far = FloatPair(
      high: main.high, low: select(isOverflow, zero, add(main.low, rest)))
    return select(isFar, far, near)
  }

  /// P of log Γ(2 + t) = t ψ(2) + t² P(t) on -0.587 ≤ t ≤ 0.4145, relative to t: error 2^-62.5.
  private static var gammaSeries: [Double] {
    [
      0x1.4a34cc4a60fa6p-2, -0x1.13e001a557601p-4, 0x1.51322ac7d83b9p-6, -0x1.e404fc2192b66p-8,
      0x1.7add6eadd52ecp-9, -0x1.38ac5c28eda06p-10, 0x1.0b36af778f29ap-11, -0x1.d3fd4f33aa13cp-13,
      0x1.a127b72b23a84p-14, -0x1.78ddaad680f2fp-15, 0x1.580d70d582561p-16, -0x1.3cd6dcd64b828p-17,
      0x1.2583cc0f98971p-18, -0x1.0f704097fbaadp-19, 0x1.04683730b7828p-20, -0x1.0b5a185c94acep-21,
      0x1.39531d216bb64p-23, -0x1.a4e483f0703fbp-25, 0x1.4fe5ce52943bap-23,
    ]
  }

  /// S of Stirling's series S(1/y²) / y from y = 8 on: error 2^-55.0.
  private static var stirlingSeries: [Double] {
    [
      0x1.55555555554a4p-4, -0x1.6c16c164cfe3ep-9, 0x1.a019d67398f1ap-11, -0x1.37f89e580d7dfp-11,
      0x1.b177a56d97c5ap-11, -0x1.7173176fa8344p-10,
    ]
  }
}
