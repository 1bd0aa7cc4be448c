extension ScalarExprBuilder {
  /// The error function.
  ///
  /// Below 0.875 it is x + x p(x²), above it 1 - exp(c(|x|)) with c = log erfc.
  package mutating func erf(_ x: Value) -> Value {
    computing(x) { builder, x, format in
      let magnitude = builder.abs(x)
      let square = builder.mul(x, x)
      let inner = builder.fma(
        builder.polynomial(square, Self.errorFunctionTail(format)), x, x)

      let one = builder.constant(1, like: x)
      let bounded = builder.atMost(format.pick(single: 4, double: 6), magnitude)
      // The exponent's last step of Horner's rule keeps what its rounding lost.
      let coefficients = Self.logComplement(format)
      let slope = builder.polynomial(bounded, Array(coefficients.dropFirst()))
      let constant = builder.constant(coefficients[0], like: x)
      let exponent = builder.fma(slope, bounded, constant)
      let lost = builder.fma(slope, bounded, builder.sub(constant, exponent))
      let (n, s) = builder.powerOfTwo(exponent, Self.log2E, format)
      let exact = builder.fma(n, builder.constant(-format.ln2High, like: x), exponent)
      let low = builder.fma(n, builder.constant(-format.ln2Low, like: x), lost)
      let r = builder.add(exact, low)
      let tail = builder.polynomial(r, Self.exponentialTail(format))
      // 1 - s (1 + r q) as (1 - s) - s q r, where only the last step rounds to the result.
      let slopeOfPower = builder.mul(builder.fma(tail, r, one), s)
      let rest = builder.sub(one, s)
      let outer = builder.copySign(builder.fma(builder.neg(slopeOfPower), r, rest), of: x)

      let isInner = builder.compare(.lt, magnitude, builder.constant(0.875, like: x))
      return builder.select(isInner, inner, outer)
    }
  }

  /// p of erf x = x + x p(x²) on |x| ≤ 0.88, relative to erf x: error 2^-32.1 with degree 6 for
  /// `f32`, 2^-61.2 with degree 11 for `f64`.
  static func errorFunctionTail(_ format: FloatFormat) -> [Double] {
    format.pick(
      single: [
        0x1.06eba8p-3, -0x1.812744p-2, 0x1.ce2e7cp-4, -0x1.b818d0p-6, 0x1.553180p-8,
        -0x1.ae22d8p-11, 0x1.6a83f8p-14,
      ],
      double: [
        0x1.06eba8214db69p-3, -0x1.812746b0379e4p-2, 0x1.ce2f21a04294cp-4,
        -0x1.b82ce3127944ap-6, 0x1.565bcd0b6e391p-8, -0x1.c02db35186a99p-11,
        0x1.f9a30d94e7e4fp-14, -0x1.f4cfec54f2bf8p-17, 0x1.b9beaaa892de5p-20,
        -0x1.5dbccf1bc440bp-23, 0x1.e49c4ea5ba2c2p-27, -0x1.d9ebb0293eb1bp-31,
      ])
  }

  /// log erfc on [0.87, 4] for `f32` and [0.87, 6] for `f64`, weighted by erfc: error 2^-29.0 with
  /// degree 6, 2^-58.0 with degree 18.
  private static func logComplement(_ format: FloatFormat) -> [Double] {
    format.pick(
      single: [
        -0x1.217586p-13, -0x1.20bf14p+0, -0x1.46076cp-1, -0x1.ab2ceap-4, 0x1.6f04d6p-6,
        -0x1.94a27ap-9, 0x1.a45688p-13,
      ],
      double: [
        -0x1.b3b7f872ebf88p-25, -0x1.20dd6be8bc468p+0, -0x1.45f35fed5bbf3p-1,
        -0x1.a4ecb87827c2ep-4, 0x1.392799d030912p-6, 0x1.dec146eca0112p-13,
        -0x1.c04ab8eae5526p-10, 0x1.34fb9bae0d273p-11, -0x1.261b365a4eaaep-17,
        -0x1.7ae96b1a49302p-14, 0x1.c3df16dfd9dd6p-15, -0x1.4933629af4fcep-16,
        0x1.5c655afe35abdp-18, -0x1.16a2e84e0461ap-20, 0x1.507a4b7851f66p-23,
        -0x1.2ad1c52f2a3adp-26, 0x1.7129260c59d5cp-30, -0x1.1b9aa367f5523p-34,
        0x1.98258723d4239p-40,
      ])
  }
}
