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
    let sine = reducedSine(angle, square, estimate, format)
    let cosine = reducedCosine(angle, square, estimate, half, format)
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
  ) -> Value {
    let tail = polynomial(
      square,
      format.pick(
        single: [-0x1.555544p-3, 0x1.1106ecp-7, -0x1.992878p-13],
        double: [
          -0x1.5555555555547p-3, 0x1.111111110f5c3p-7, -0x1.a01a019bba28cp-13,
          0x1.71de352b68106p-19, -0x1.ae5e2a1911261p-26, 0x1.5d8175ae28335p-33,
        ]))
    let low = mul(angle.low, estimate)
    return add(angle.high, fma(mul(angle.high, square), tail, low))
  }

  /// cos(r + low) = 1 - r²/2 + (r⁴ Q(r²) - r low) for a reduced angle; what rounding 1 - r²/2 loses
  /// is added too.
  ///
  /// Q fitted on |r| ≤ 0.792, relative to cos r: error 2^-32.9 with degree 2 for `f32`, 2^-63.8 with
  /// degree 5 for `f64`.
  private mutating func reducedCosine(
    _ angle: ReducedAngle, _ square: Value, _ estimate: Value, _ half: Value,
    _ format: FloatFormat
  ) -> Value {
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
    return add(estimate, fma(mul(square, square), tail, rest))
  }
}
