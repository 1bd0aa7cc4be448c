extension ScalarExprBuilder {
  /// The sine of an angle in radians, of any size.
  package mutating func sin(_ x: Value) -> Value {
    computing(x) { builder, x, format in
      builder.ofReducedAngle(x, format) { builder, x, angle in
        // A sign of x moves the angle by two quadrants.
        let word = format.float.unsignedCounterpart
        let sign = builder.binary(
          .shrLogical, builder.bitcast(x, to: word), word.bitWidth - 1)
        let quadrant = builder.add(angle.quadrant, builder.add(sign, sign))
        return builder.circular(angle, in: quadrant, format)
      }
    }
  }

  /// The cosine of an angle in radians, of any size.
  package mutating func cos(_ x: Value) -> Value {
    computing(x) { builder, x, format in
      builder.ofReducedAngle(x, format) { builder, _, angle in
        builder.circular(angle, in: builder.binary(.add, angle.quadrant, 1), format)
      }
    }
  }

  /// The tangent of an angle in radians, of any size: the quotient of sine and cosine.
  package mutating func tan(_ x: Value) -> Value {
    computing(x) { builder, x, format in
      builder.ofReducedAngle(x, format) { builder, x, angle in
        builder.tangent(builder.wide(angle), signOf: x, format)
      }
    }
  }

  /// The angle in doubles.
  private mutating func wide(_ angle: ReducedAngle) -> ReducedAngle {
    if type(of: angle.high) == .f64 { return angle }
    let high = add(convert(angle.high, to: .f64), convert(angle.low, to: .f64))
    return ReducedAngle(
      quadrant: angle.quadrant, high: high, low: constant(0, like: high))
  }

  /// The tangent of a reduced angle in doubles, with its sign flipped where that of x is set.
  private mutating func tangent(
    _ angle: ReducedAngle, signOf x: Value, _ format: FloatFormat
  ) -> Value {
    let square = mul(angle.high, angle.high)
    let one = constant(1, like: square)
    let half = mul(square, constant(0.5, like: square))
    let estimate = sub(one, half)
    let sine = reducedSine(angle, square, estimate, format)
    let cosine = reducedCosine(angle, square, estimate, half, format)

    // An odd quadrant has -1 / tan.
    let quadrant = angle.quadrant
    let isOdd = compare(
      .ne, binary(.and, quadrant, 1), constant(integer: 0, like: quadrant))
    let top = FloatPair(
      high: select(isOdd, neg(cosine.high), sine.high),
      low: select(isOdd, neg(cosine.low), sine.low))
    let bottom = FloatPair(
      high: select(isOdd, sine.high, cosine.high), low: select(isOdd, sine.low, cosine.low))
    let sum = add(bottom.high, bottom.low)
    let quotient = quotient(top, by: bottom, reciprocal: div(one, sum))
    let value = convert(add(quotient.high, quotient.low), to: format.float)
    let word = format.float.unsignedCounterpart
    let sign = binary(
      .and, bitcast(x, to: word),
      constant(ScalarValue(word, bits: 1 << UInt64(word.bitWidth - 1))))
    return flipSign(value, by: sign)
  }

  /// The sine of a reduced angle in a quadrant that takes the place of its own.
  private mutating func circular(
    _ angle: ReducedAngle, in quadrant: Value, _ format: FloatFormat
  ) -> Value {
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
    return flipSign(select(isOdd, cosine, sine), by: sign)
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
