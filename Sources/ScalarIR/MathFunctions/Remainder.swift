// Where the quotient q is below 2^52, trunc(q) is right or one too great, |a| - trunc(q) |b| is exact in an
// fma, and |b| is added where that is negative.
//
// The long way: with |a| = m 2^i and |b| = n 2^j, m and n whole, the remainder for i ≥ j is
// (m 2^(i-j) mod n) 2^j. The power of two modulo n comes from repeated squaring, so that any two numbers
// take the same few steps; every step is exact.

extension ScalarExprBuilder {
  /// The remainder of a divided by b with the quotient truncated: the sign is a's, and the result is
  /// exact.
  package mutating func floatingRemainder(_ a: Value, _ b: Value) -> Value {
    computingWide([a, b]) { builder, inputs, format in
      let (a, b) = (inputs[0], inputs[1])
      let (x, y) = (builder.abs(a), builder.abs(b))
      let quotient = builder.div(x, y)
      let rest = builder.fma(builder.neg(builder.unary(.trunc, quotient)), y, x)
      let isBelow = builder.compare(.lt, rest, builder.constant(0, like: x))
      let near = builder.select(isBelow, builder.add(rest, y), rest)
      let isLess = builder.compare(.lt, x, y)
      let isFar = builder.compare(.ge, quotient, builder.constant(0x1p52, like: x))
      let result = builder.rarely(
        isFar, [x, y],
        slow: { builder, inputs in builder.farRemainder(inputs[0], inputs[1], format) },
        fast: builder.select(isLess, x, near))
      return builder.copySign(result, of: a)
    }
  }

  /// The remainder of positive numbers that are far apart; NaN of infinity and by 0.
  private mutating func farRemainder(
    _ x: Value, _ y: Value, _ format: FloatFormat
  ) -> Value {
    let dividend = wholeSignificand(x, format)
    let divisor = wholeSignificand(y, format)
    let n = divisor.significand
    let reciprocal = div(constant(1, like: n), n)
    let distance = sub(dividend.exponent, divisor.exponent)

    // 2^(distance / 2^k), rounded down, is small; k squarings and doublings make it 2^distance.
    let squarings = format.pick(single: 4, double: 6)
    let top = binary(.shrArith, distance, squarings)
    var power = bitcast(binary(.shl, binary(.add, top, 1023), 52), to: .f64)
    for bit in (0..<squarings).reversed() {
      power = product(power, power, modulo: n, reciprocal, format)
      let isSet = compare(
        .ne, binary(.and, distance, 1 << bit), constant(integer: 0, like: distance))
      let doubled = centered(add(power, power), modulo: n)
      power = select(isSet, doubled, power)
    }
    // The significand is less than twice n.
    let once = centered(dividend.significand, modulo: n)
    let rest = product(power, centered(once, modulo: n), modulo: n, reciprocal, format)
    let zero = constant(0, like: x)
    let positive = select(compare(.lt, rest, zero), add(rest, n), rest)
    let isDefined = both(
      compare(.lt, x, constant(.infinity, like: x)), compare(.gt, y, zero))
    return select(isDefined, scale(positive, by: divisor.exponent), constant(.nan, like: x))
  }

  /// x = significand · 2^exponent.
  private struct WholeSignificand {
    /// A whole number with as many digits as the format has.
    let significand: Value
    let exponent: Value
  }

  /// A positive finite double, which has the digits and the range of `format`.
  private mutating func wholeSignificand(
    _ x: Value, _ format: FloatFormat
  ) -> WholeSignificand {
    // Every number of a narrower format is a normal double.
    var bits = bitcast(x, to: .i64)
    var unscaling = constant(integer: 1023 + format.mantissaBits, like: bits)
    if format.float == .f64 {
      let isSmall = compare(.lt, x, constant(format.smallestNormal, like: x))
      let scaled = bitcast(mul(x, constant(0x1p54, like: x)), to: .i64)
      bits = select(isSmall, scaled, bits)
      let more = constant(integer: 1023 + format.mantissaBits + 54, like: bits)
      unscaling = select(isSmall, more, unscaling)
    }
    let fraction = binary(.and, bits, (1 << 52) - 1)
    let whole = binary(.or, fraction, (1023 + format.mantissaBits) << 52)
    return WholeSignificand(
      significand: bitcast(whole, to: .f64),
      exponent: sub(binary(.shrLogical, bits, 52), unscaling))
  }

  /// a b modulo n, between -n/2 and n/2 (give or take one) as a and b are.
  private mutating func product(
    _ a: Value, _ b: Value, modulo n: Value, _ reciprocal: Value, _ format: FloatFormat
  ) -> Value {
    if format.float == .f32 {
      let product = mul(a, b)
      let quotient = unary(.roundEven, mul(product, reciprocal))
      return centered(fma(neg(quotient), n, product), modulo: n)
    }
    let product = exactProduct(a, b)
    let quotient = unary(.roundEven, mul(product.high, reciprocal))
    let multiple = exactProduct(quotient, n)
    // Both differences are exact; their sum may not be before it is centered.
    let high = sub(product.high, multiple.high)
    let low = sub(product.low, multiple.low)
    let correction = multipleNear(add(high, low), n)
    return add(sub(high, correction), low)
  }

  /// x less n, or plus n, where that is smaller.
  private mutating func centered(_ x: Value, modulo n: Value) -> Value {
    sub(x, multipleNear(x, n))
  }

  /// n, -n or 0, whichever is nearest to x.
  private mutating func multipleNear(_ x: Value, _ n: Value) -> Value {
    let half = mul(n, constant(0.5, like: n))
    let below = select(
      compare(.lt, x, neg(half)), neg(n), constant(0, like: n))
    return select(compare(.gt, x, half), n, below)
  }

  /// A whole number times a power of two, where the product is exact: in two steps, each by a normal
  /// number.
  private mutating func scale(_ x: Value, by exponent: Value) -> Value {
    let first = binary(.shrArith, exponent, 1)
    let second = sub(exponent, first)
    func power(_ builder: inout Self, _ exponent: Value) -> Value {
      builder.bitcast(
        builder.binary(.shl, builder.binary(.add, exponent, 1023), 52), to: .f64)
    }
    return mul(mul(x, power(&self, first)), power(&self, second))
  }
}
