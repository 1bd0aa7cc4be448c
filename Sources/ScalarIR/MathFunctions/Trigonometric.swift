extension ScalarExprBuilder {
  /// The sine of an angle in radians, of any size.
  package mutating func sin(_ x: Value) -> Value {
    computing(x) { builder, x, format in
      let word = format.float.unsignedCounterpart
      let bits = builder.bitcast(x, to: word)
      let sign = builder.binary(.shrLogical, bits, word.bitWidth - 1)
      // A sign of x moves the angle by two quadrants.
      return builder.circular(x, format) { builder, quadrant in
        builder.add(quadrant, builder.add(sign, sign))
      }
    }
  }

  /// The cosine of an angle in radians, of any size.
  package mutating func cos(_ x: Value) -> Value {
    computing(x) { builder, x, format in
      builder.circular(x, format) { builder, quadrant in builder.binary(.add, quadrant, 1) }
    }
  }

  /// The tangent of an angle in radians, of any size: the quotient of sine and cosine.
  package mutating func tan(_ x: Value) -> Value {
    computing(x) { builder, x, format in
      let magnitude = builder.abs(x)
      let angle = builder.wide(builder.reducedAngle(magnitude, format))
      let square = builder.mul(angle.high, angle.high)
      let one = builder.constant(1, like: square)
      let half = builder.mul(square, builder.constant(0.5, like: square))
      let estimate = builder.sub(one, half)
      let sine = builder.reducedSine(angle, square, estimate, format)
      let cosine = builder.reducedCosine(angle, square, estimate, half, format)

      // An odd quadrant has -1 / tan.
      let quadrant = angle.quadrant
      let isOdd = builder.compare(
        .ne, builder.binary(.and, quadrant, 1), builder.constant(integer: 0, like: quadrant))
      let top = FloatPair(
        high: builder.select(isOdd, builder.neg(cosine.high), sine.high),
        low: builder.select(isOdd, builder.neg(cosine.low), sine.low))
      let bottom = FloatPair(
        high: builder.select(isOdd, sine.high, cosine.high),
        low: builder.select(isOdd, sine.low, cosine.low))
      let sum = builder.add(bottom.high, bottom.low)
      let quotient = builder.quotient(top, by: bottom, reciprocal: builder.div(one, sum))
      let value = builder.convert(
        builder.add(quotient.high, quotient.low), to: format.float)
      let word = format.float.unsignedCounterpart
      let sign = builder.binary(
        .and, builder.bitcast(x, to: word),
        builder.constant(ScalarValue(word, bits: 1 << UInt64(word.bitWidth - 1))))
      let isFinite = builder.compare(
        .lt, magnitude, builder.constant(.infinity, like: x))
      return builder.select(
        isFinite, builder.flipSign(value, by: sign), builder.constant(.nan, like: x))
    }
  }

  /// The angle in doubles.
  private mutating func wide(_ angle: ReducedAngle) -> ReducedAngle {
    if type(of: angle.high) == .f64 { return angle }
    let high = add(convert(angle.high, to: .f64), convert(angle.low, to: .f64))
    return ReducedAngle(
      quadrant: angle.quadrant, high: high, low: constant(0, like: high))
  }

  /// The sine of |x| with its quadrant changed by `turn`; NaN where x is not finite.
  private mutating func circular(
    _ x: Value, _ format: FloatFormat, turn: (inout Self, Value) -> Value
  ) -> Value {
    let magnitude = abs(x)
    let angle = reducedAngle(magnitude, format)
    let quadrant = turn(&self, angle.quadrant)
    let square = mul(angle.high, angle.high)
    let half = mul(square, constant(0.5, like: square))
    let estimate = sub(constant(1, like: square), half)
    let sinePair = reducedSine(angle, square, estimate, format)
    let sine = add(sinePair.high, sinePair.low)
    let cosinePair = reducedCosine(angle, square, estimate, half, format)
    let cosine = add(cosinePair.high, cosinePair.low)
    let isOdd = compare(
      .ne, binary(.and, quadrant, 1), constant(integer: 0, like: quadrant))
    let sign = binary(
      .shl, binary(.shrLogical, quadrant, 1), type(of: quadrant).bitWidth - 1)
    let value = flipSign(select(isOdd, cosine, sine), by: sign)
    let isFinite = compare(.lt, magnitude, constant(.infinity, like: x))
    return select(isFinite, value, constant(.nan, like: x))
  }

  /// sin(r + low) = r + (r³ P(r²) + low (1 - r²/2)) for a reduced angle.
  ///
  /// P fitted on |r| ≤ 0.792, relative to sin r: error 2^-27.9 with degree 2 for `f32`, 2^-57.8 with
  /// degree 5 for `f64`.
  private mutating func reducedSine(
    _ angle: ReducedAngle, _ square: Value, _ estimate: Value, _ format: FloatFormat
  ) -> FloatPair {
    let tail = polynomial(
      square,
      format.pick(
        single: [-0x1.555544p-3, 0x1.1106ecp-7, -0x1.992878p-13],
        double: [
          -0x1.5555555555547p-3, 0x1.111111110f5c3p-7, -0x1.a01a019bba28cp-13,
          0x1.71de352b68106p-19, -0x1.ae5e2a1911261p-26, 0x1.5d8175ae28335p-33,
        ]))
    let low = mul(angle.low, estimate)
    return FloatPair(
      high: angle.high, low: fma(mul(angle.high, square), tail, low))
  }

  /// cos(r + low) = 1 - r²/2 + (r⁴ Q(r²) - r low) for a reduced angle; what rounding 1 - r²/2 loses
  /// is added too.
  ///
  /// Q fitted on |r| ≤ 0.792, relative to cos r: error 2^-32.9 with degree 2 for `f32`, 2^-63.8 with
  /// degree 5 for `f64`.
  private mutating func reducedCosine(
    _ angle: ReducedAngle, _ square: Value, _ estimate: Value, _ half: Value,
    _ format: FloatFormat
  ) -> FloatPair {
    let tail = polynomial(
      square,
      format.pick(
        single: [0x1.55554ap-5, -0x1.6c0bdep-10, 0x1.99d28ep-16],
        double: [
          0x1.555555555554ap-5, -0x1.6c16c16c14d3ap-10, 0x1.a01a019c489d0p-16,
          -0x1.27e4f7beda751p-22, 0x1.1ee9b95ad9011p-29, -0x1.8f94a4a729578p-37,
        ]))
    let lost = sub(sub(constant(1, like: square), estimate), half)
    let rest = fma(neg(angle.high), angle.low, lost)
    return FloatPair(high: estimate, low: fma(mul(square, square), tail, rest))
  }
}
