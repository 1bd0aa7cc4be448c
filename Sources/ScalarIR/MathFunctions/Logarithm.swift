/// x = 2^k (1 + f) with 1 + f between √½ and √2, for a positive finite x.
struct SplitSignificand {
  let exponent: ScalarExpr.Value
  let fraction: ScalarExpr.Value
}

extension ScalarExprBuilder {
  /// The natural logarithm.
  ///
  /// log x = k log 2 + (f + (log(1 + f) - f)), with the low part of log 2 in the innermost sum.
  package mutating func log(_ x: Value) -> Value {
    computing(x) { builder, x, format in
      let parts = builder.splitSignificand(x, format)
      let k = parts.exponent
      let f = parts.fraction
      let low = builder.mul(k, builder.constant(format.ln2Low, like: x))
      let rest = builder.add(f, builder.logarithmTail(f, plus: low, format))
      let result = builder.fma(k, builder.constant(format.ln2High, like: x), rest)
      return builder.logarithmEdges(of: x, result)
    }
  }

  /// The logarithm to base two: exact for powers of two.
  package mutating func log2(_ x: Value) -> Value {
    computing(x) { builder, x, format in
      let parts = builder.splitSignificand(x, format)
      let f = parts.fraction
      let tail = builder.logarithmTail(f, plus: builder.constant(0, like: x), format)
      // log(1 + f), then its product with 1 / log 2, each as a rounded value and the rest.
      let natural = builder.add(f, tail)
      let naturalLow = builder.add(builder.sub(f, natural), tail)
      let scale = builder.constant(Self.log2E, like: x)
      let scaleLow = builder.constant(
        format.pick(single: 0x1.4ae0cp-26, double: 0x1.777d0ffda0d24p-56), like: x)
      let product = builder.mul(natural, scale)
      let lost = builder.fma(natural, scale, builder.neg(product))
      let low = builder.fma(naturalLow, scale, builder.fma(natural, scaleLow, lost))
      let result = builder.add(parts.exponent, builder.add(product, low))
      return builder.logarithmEdges(of: x, result)
    }
  }

  /// log(1 + x), with small relative error also near zero.
  ///
  /// With u = 1 + x rounded and d what the rounding lost, it is log u + d / u.
  package mutating func log1p(_ x: Value) -> Value {
    computing(x) { builder, x, format in
      let one = builder.constant(1, like: x)
      let u = builder.add(one, x)
      let rounded = builder.sub(u, one)
      let lost = builder.add(
        builder.sub(one, builder.sub(u, rounded)), builder.sub(x, rounded))
      let parts = builder.splitSignificand(u, format)
      let k = parts.exponent
      let low = builder.fma(
        k, builder.constant(format.ln2Low, like: x), builder.div(lost, u))
      let tail = builder.logarithmTail(parts.fraction, plus: low, format)
      let rest = builder.add(parts.fraction, tail)
      let result = builder.fma(k, builder.constant(format.ln2High, like: x), rest)
      let edged = builder.logarithmEdges(of: u, result)
      let isZero = builder.compare(.eq, x, builder.constant(0, like: x))
      return builder.select(isZero, x, edged)
    }
  }

  /// The exponent and fraction of `x`; subnormal numbers are scaled up first.
  mutating func splitSignificand(_ x: Value, _ format: FloatFormat) -> SplitSignificand {
    let bits = format.mantissaBits
    let offset = format.roundingOffset
    let isSmall = compare(.lt, x, constant(format.smallestNormal, like: x))
    let scaled = mul(x, constant(format.pick(single: 0x1p23, double: 0x1p52), like: x))
    let normal = bitcast(select(isSmall, scaled, x), to: format.integer)
    // Taking the bits of √½ first lets the exponent field carry at √2 instead of 2.
    let pivot = format.pick(single: 0x3f35_04f3, double: 0x3fe6_a09e_667f_3bcd)
    let shifted = binary(.sub, normal, pivot)
    let significand = binary(.add, binary(.and, shifted, (1 << bits) - 1), pivot)
    let exponent = binary(.shrArith, shifted, bits)
    // As a float: added to the low bits of the rounding offset, which is then taken away.
    let zero = bitcast(constant(offset, like: x), to: format.integer)
    let raised = bitcast(add(exponent, zero), to: format.float)
    let unscaling = select(
      isSmall, constant(offset + Double(bits), like: x), constant(offset, like: x))
    return SplitSignificand(
      exponent: sub(raised, unscaling),
      fraction: sub(bitcast(significand, to: format.float), constant(1, like: x)))
  }

  /// log(1 + f) - f + `low` for 1 + f between √½ and √2.
  ///
  /// `f32`: f³ p(f) - f²/2, p of degree 8, error 2^-30.3 relative to log(1 + f).
  /// `f64`: with s = f / (2 + f), log(1 + f) = f - f²/2 + s (f²/2 + s² R(s²)), R of degree 6 fitted
  /// to 2 atanh s / s = 2 + s² R(s²) on |s| ≤ 0.1716, error 2^-59.5 relative to it.
  mutating func logarithmTail(_ f: Value, plus low: Value, _ format: FloatFormat) -> Value {
    let square = mul(f, f)
    if format.float == .f32 {
      let tail = polynomial(
        f,
        [
          0x1.555548p-2, -0x1.000006p-2, 0x1.99a4b6p-3, -0x1.555c4ep-3, 0x1.233768p-3,
          -0x1.fc2204p-4, 0x1.e6f068p-4, -0x1.de3c24p-4, 0x1.1457bep-4,
        ])
      return fma(mul(square, f), tail, fma(square, constant(-0.5, like: f), low))
    }
    let half = mul(square, constant(0.5, like: f))
    let s = div(f, add(f, constant(2, like: f)))
    let z = mul(s, s)
    let tail = polynomial(
      z,
      [
        0x1.5555555555592p-1, 0x1.999999997fdb8p-2, 0x1.24924941f1278p-2, 0x1.c71c520953b36p-3,
        0x1.74663eeb76289p-3, 0x1.39a1ba54b3b7ap-3, 0x1.2f0567f8f7425p-3,
      ])
    return sub(fma(s, fma(z, tail, half), low), half)
  }

  /// `result` where x is positive and finite; else ∞, -∞ of a zero, NaN of a negative number or NaN.
  mutating func logarithmEdges(of x: Value, _ result: Value) -> Value {
    let zero = constant(0, like: x)
    let infinity = constant(.infinity, like: x)
    let upper = select(compare(.lt, x, infinity), result, x)
    let lower = select(
      compare(.eq, x, zero), constant(-.infinity, like: x), constant(.nan, like: x))
    return select(compare(.gt, x, zero), upper, lower)
  }
}
