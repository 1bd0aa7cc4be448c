// Both sigmoids rest on exp r = (R + r) / (R - r), where R = r coth(r/2) is even in r and a short
// polynomial in r²: a whole quotient of exponentials then takes one division. Numerator and
// denominator are kept as a rounded value and what the rounding lost; the quotient of the rounded
// values is corrected by the remainder of the exact ones.

extension ScalarExprBuilder {
  /// The hyperbolic tangent.
  ///
  /// |x| = g + n log 2 / 2 and s = 2^-n: with G = g coth g, tanh |x| is
  /// ((1 - s) G + (1 + s) g) / ((1 + s) G + (1 - s) g), which is g / G near zero.
  package mutating func tanh(_ x: Value) -> Value {
    computing(x) { builder, x, format in
      let y = builder.atMost(format.pick(single: 10, double: 20), builder.abs(x))
      let (n, s) = builder.powerOfTwo(y, -2 * Self.log2E, format)
      let g = builder.fma(n, builder.constant(format.ln2High / 2, like: x), y)
      let gLow = builder.mul(n, builder.constant(format.ln2Low / 2, like: x))
      let sum = builder.add(s, builder.constant(1, like: x))
      // Not 1 - s: where 1 + s is rounded, this errs alike, and the quotient stays right.
      let difference = builder.fma(s, builder.constant(-2, like: x), sum)
      let square = builder.mul(g, g)
      let excess = builder.mul(builder.polynomial(square, Self.cotangentTail(format)), square)

      // Two roundings, so that `difference - top` is exact.
      let top = builder.add(builder.mul(sum, g), difference)
      let topLost = builder.fma(sum, g, builder.sub(difference, top))
      let topLow = builder.fma(difference, excess, builder.fma(sum, gLow, topLost))
      let bottom = builder.fma(difference, g, sum)
      let bottomLost = builder.fma(difference, g, builder.sub(sum, bottom))
      let bottomLow = builder.fma(sum, excess, builder.fma(difference, gLow, bottomLost))

      let reciprocal = builder.div(builder.constant(1, like: x), builder.add(bottom, bottomLow))
      let quotient = builder.mul(builder.add(top, topLow), reciprocal)
      let negated = builder.neg(quotient)
      let remainder = builder.add(
        builder.fma(negated, bottom, top), builder.fma(negated, bottomLow, topLow))
      return builder.copySign(builder.fma(remainder, reciprocal, quotient), of: x)
    }
  }

  /// The logistic function 1 / (1 + exp(-x)).
  ///
  /// -|x| = n log 2 + r and s = 2^n: the function at -|x| is s (R + r) / ((R - r) + s (R + r)), and
  /// at |x| it is that taken from 1.
  package mutating func logistic(_ x: Value) -> Value {
    computing(x) { builder, x, format in
      let least = format.pick(single: -104.0, double: -746)
      let y = builder.atLeast(least, builder.neg(builder.abs(x)))
      let exponent = builder.splitExponent(y, Self.log2E, format)
      let s = builder.mul(exponent.halves.0, exponent.halves.1)
      let n = exponent.quotient
      let exact = builder.fma(n, builder.constant(-format.ln2High, like: x), y)
      let r = builder.fma(n, builder.constant(-format.ln2Low, like: x), exact)
      // R - 2, by the series of g coth g - 1 at g = r / 2, twice.
      let square = builder.mul(r, r)
      let tail = Self.cotangentTail(format).enumerated().map { index, coefficient in
        coefficient / Double(1 << (2 * index + 1))
      }
      let excess = builder.mul(builder.polynomial(square, tail), square)

      let two = builder.constant(2, like: x)
      let plus = builder.add(two, r)
      let plusLow = builder.add(builder.sub(r, builder.sub(plus, two)), excess)
      let minus = builder.sub(two, r)
      let minusLow = builder.add(builder.sub(builder.sub(two, minus), r), excess)

      let top = builder.add(plus, plusLow)
      let bottom = builder.fma(s, top, builder.add(minus, minusLow))
      let reciprocal = builder.div(builder.constant(1, like: x), bottom)
      let quotient = builder.mul(top, reciprocal)
      let negated = builder.neg(quotient)
      let scaled = builder.mul(negated, s)
      let remainder = builder.add(
        builder.fma(scaled, plus, builder.fma(negated, minus, plus)),
        builder.fma(scaled, plusLow, builder.fma(negated, minusLow, plusLow)))
      let corrected = builder.fma(remainder, reciprocal, quotient)
      let below = builder.scale(corrected, exponent)
      let above = builder.sub(builder.constant(1, like: x), below)
      let isNegative = builder.compare(.lt, x, builder.constant(0, like: x))
      return builder.select(isNegative, below, above)
    }
  }

  /// c of g coth g = 1 + g² c(g²) on |g| ≤ log 2 / 4, absolute in g coth g: error 2^-28.8 with degree
  /// 1 for `f32`, 2^-60.0 with degree 4 for `f64`.
  private static func cotangentTail(_ format: FloatFormat) -> [Double] {
    format.pick(
      single: [0x1.55551ep-2, -0x1.6aa432p-6],
      double: [
        0x1.555555555553ep-2, -0x1.6c16c16beb86ep-6, 0x1.1566aaf1419c9p-9,
        -0x1.bbd419514b8dcp-13, 0x1.63752792294abp-16,
      ])
  }
}
