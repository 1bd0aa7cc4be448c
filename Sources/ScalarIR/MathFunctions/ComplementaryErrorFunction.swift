extension ScalarExprBuilder {
  /// The complementary error function 1 - erf x.
  ///
  /// Below 1/2 it is 1 - (x + x p(x²)). With y = |x|, above it is exp(-y²) h(t) / (1 + 2y) with
  /// t = (y - 4) / (y + 4) (after Shepherd and Laframboise), taken from 2 for a negative x.
  package mutating func erfc(_ x: Value) -> Value {
    computingWide(x) { builder, x, format in
      let (one, two) = (builder.constant(1, like: x), builder.constant(2, like: x))
      let square = builder.mul(x, x)
      let series = builder.polynomial(square, Self.errorFunctionTail(format))
      let difference = builder.exactSum(greater: one, builder.neg(x))
      let inner = builder.add(
        difference.high, builder.fma(builder.neg(x), series, difference.low))

      let magnitude = builder.abs(x)
      let y = builder.atMost(format.pick(single: 12, double: 28), magnitude)
      let four = builder.constant(4, like: x)
      let t = builder.div(builder.sub(y, four), builder.add(y, four))
      let coefficients = Self.scaledComplement(format)
      let slope = builder.polynomial(t, Array(coefficients.dropFirst()))
      let constant = builder.constant(coefficients[0], like: x)
      let h = builder.fma(slope, t, constant)
      let hLow = builder.fma(slope, t, builder.sub(constant, h))

      let exact = builder.exactProduct(y, y)
      let bell = builder.exponentialPair(
        builder.neg(exact.high), plus: builder.neg(exact.low), format)
      let top = builder.exactProduct(bell.power.high, h)
      let topLow = builder.fma(
        bell.power.high, hLow, builder.fma(bell.power.low, h, top.low))
      let bottom = builder.exactSum(greater: builder.mul(two, y), one)
      let quotient = builder.quotient(
        FloatPair(high: top.high, low: topLow), by: bottom,
        reciprocal: builder.div(one, bottom.high))
      let above = builder.scale(
        builder.add(quotient.high, quotient.low), bell.exponent)
      let isNegative = builder.compare(.lt, x, builder.constant(0, like: x))
      let outer = builder.select(isNegative, builder.sub(two, above), above)
      let isInner = builder.compare(.lt, magnitude, builder.constant(0.5, like: x))
      return builder.select(isInner, inner, outer)
    }
  }

  /// h of erfc y = exp(-y²) h(t) / (1 + 2y) with t = (y - 4) / (y + 4), on 0.49 ≤ y ≤ 28: error 2^-33.2
  /// with degree 12, 2^-60.2 with degree 22.
  private static func scaledComplement(_ format: FloatFormat) -> [Double] {
    format.pick(
      single: [
        0x1.3ba5916e7dd6ap0, -0x1.1df1acdd1f0e9p-3, 0x1.f7f5e9986bf4fp-7, 0x1.16ecd9ca063c5p-4,
        -0x1.9ddb44dfcb00ap-4, 0x1.7fef3c6869974p-4, -0x1.0faf20648455fp-4, 0x1.306a9fc49da71p-5,
        -0x1.097bf46c8a5eep-6, 0x1.4b3e58eb411bep-8, -0x1.84f1024b9fed1p-11, -0x1.ea87c3acb7ebap-13,
        0x1.0feaf9cd6dc61p-13,
      ],
      double: [
        0x1.3ba5916e9fd7fp0, -0x1.1df1ad154a28ep-3, 0x1.f7f5df66fd747p-7, 0x1.16ecefcfa52c7p-4,
        -0x1.9ddb23c3e8cb1p-4, 0x1.7fee004e14989p-4, -0x1.0fb06dfe5090dp-4, 0x1.3079edf6248d5p-5,
        -0x1.096238837155bp-6, 0x1.49c672a823b42p-8, -0x1.8d4a9b96172f6p-11, -0x1.a1df4366455b3p-13,
        0x1.3be05f75f4209p-13, -0x1.99550638caab4p-16, -0x1.788b8c1609ac7p-17,
        0x1.7ef6673fce311p-18, 0x1.3b503ddec45f9p-22, -0x1.b80a989f06e15p-21, 0x1.40e641df9ad8fp-24,
        0x1.bbf1e01a2cc25p-24, -0x1.3376e3a816446p-26, -0x1.4ced03224e3edp-27,
        0x1.f13e69e32e4f6p-30,
      ])
  }
}
