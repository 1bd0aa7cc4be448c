extension ScalarExprBuilder {
  /// The natural exponential.
  ///
  /// x = n log 2 + r with |r| ≤ log 2 / 2; exp x = 2^n (1 + r + r² q(r)).
  package mutating func exp(_ x: Value) -> Value {
    computing(x) { builder, x, format in
      // Beyond these bounds the result is 0 or ∞ in any case; NaN passes through all steps.
      let high = builder.atMost(format.pick(single: 89, double: 710), x)
      let bounded = builder.atLeast(format.pick(single: -104, double: -746), high)
      let exponent = builder.splitExponent(bounded, Self.log2E, format)
      let n = exponent.quotient
      let exact = builder.fma(n, builder.constant(-format.ln2High, like: x), bounded)
      let r = builder.fma(n, builder.constant(-format.ln2Low, like: x), exact)
      let one = builder.constant(1, like: x)
      let quotient = builder.polynomial(r, Self.exponentialTail(format))
      let power = builder.fma(builder.fma(quotient, r, one), r, one)
      return builder.scale(power, exponent)
    }
  }

  static var log2E: Double { 0x1.71547652b82fep0 }

  /// q of exp r = 1 + r + r² q(r) on |r| ≤ log 2 / 2, relative to exp r, with q(0) = 1/2 kept:
  /// error 2^-28.0 with degree 4 for `f32`, 2^-57.3 with degree 9 for `f64`.
  static func exponentialTail(_ format: FloatFormat) -> [Double] {
    format.pick(
      single: [0.5, 0x1.5554a2p-3, 0x1.55568ap-5, 0x1.123006p-7, 0x1.6b6de6p-10],
      double: [
        0.5, 0x1.5555555555501p-3, 0x1.55555555531c7p-5, 0x1.1111111128b1bp-7,
        0x1.6c16c17cd9b45p-10, 0x1.a01a011b71fa2p-13, 0x1.a019aadf6a117p-16,
        0x1.71df563d39278p-19, 0x1.289fdec60ef64p-22, 0x1.ad1f8a06c7268p-26,
      ])
  }
}
