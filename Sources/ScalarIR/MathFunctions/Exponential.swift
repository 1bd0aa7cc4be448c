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

  /// Two to the power `x`.
  ///
  /// x = n + f with |f| ≤ 1/2; 2^x = 2^n (1 + f q(f)).
  package mutating func exp2(_ x: Value) -> Value {
    computing(x) { builder, x, format in
      let high = builder.atMost(format.pick(single: 129, double: 1025), x)
      let bounded = builder.atLeast(format.pick(single: -151, double: -1076), high)
      let exponent = builder.splitExponent(bounded, 1, format)
      let f = builder.sub(bounded, exponent.quotient)
      let quotient = builder.polynomial(f, Self.powerOfTwoTail(format))
      let power = builder.fma(quotient, f, builder.constant(1, like: x))
      return builder.scale(power, exponent)
    }
  }

  /// exp x - 1, with small relative error also near zero.
  ///
  /// With exp r = 1 + r + c: exp x - 1 = (2^n - 1) + 2^n r + 2^n c, where the sum of the first two is
  /// kept with its rounding error. All is halved, so that 2^n does not overflow before the result.
  package mutating func expm1(_ x: Value) -> Value {
    computing(x) { builder, x, format in
      let high = builder.atMost(format.pick(single: 89, double: 710), x)
      let bounded = builder.atLeast(format.pick(single: -18, double: -40), high)
      let (n, s) = builder.powerOfTwo(bounded, Self.log2E, timesTwoTo: -1, format)
      let r = builder.fma(n, builder.constant(-format.ln2High, like: x), bounded)
      let rLow = builder.mul(n, builder.constant(-format.ln2Low, like: x))
      let rounded = builder.add(r, rLow)
      let tail = builder.polynomial(rounded, Self.fineExponentialTail(format))
      let c = builder.fma(builder.mul(rounded, rounded), tail, rLow)

      let half = builder.constant(0.5, like: x)
      let base = builder.sub(s, half)
      let baseLost = builder.sub(builder.sub(s, base), half)
      let sum = builder.fma(s, r, base)
      let sumLost = builder.add(builder.fma(s, r, builder.sub(base, sum)), baseLost)
      let result = builder.add(sum, builder.fma(s, c, sumLost))
      // Where x² / 2 is below half a unit, x itself: halving loses a bit of subnormal numbers.
      let tiny = builder.constant(format.pick(single: 0x1p-25, double: 0x1p-54), like: x)
      let isTiny = builder.compare(.lt, builder.abs(x), tiny)
      return builder.select(isTiny, x, builder.add(result, result))
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

  /// The same with one degree more, for a difference of exponentials: error 2^-33.3 and 2^-63.9.
  static func fineExponentialTail(_ format: FloatFormat) -> [Double] {
    format.pick(
      single: [0.5, 0x1.555554p-3, 0x1.5554e6p-5, 0x1.111332p-7, 0x1.6d4e52p-10, 0x1.9dd646p-13],
      double: [
        0.5, 0x1.555555555555ap-3, 0x1.5555555555530p-5, 0x1.111111110ef81p-7,
        0x1.6c16c16c271e9p-10, 0x1.a01a01b28422dp-13, 0x1.a01a0152093efp-16,
        0x1.71ddf2295fcf4p-19, 0x1.27e58d80975edp-22, 0x1.af68e0f463e0dp-26,
        0x1.1e66d27a5aba5p-29,
      ])
  }

  /// q of 2^f = 1 + f q(f) on |f| ≤ 1/2, relative to 2^f: error 2^-28.9 with degree 5 for `f32`,
  /// 2^-58.0 with degree 10 for `f64`.
  private static func powerOfTwoTail(_ format: FloatFormat) -> [Double] {
    format.pick(
      single: [
        0x1.62e430p-1, 0x1.ebfbdcp-3, 0x1.c6aee6p-5, 0x1.3b2d50p-7, 0x1.5f3f30p-10, 0x1.41fb2cp-13,
      ],
      double: [
        0x1.62e42fefa39efp-1, 0x1.ebfbdff82c5a5p-3, 0x1.c6b08d7049fe6p-5, 0x1.3b2ab6fba007ap-7,
        0x1.5d87fe78cdbbbp-10, 0x1.4309130efb67ap-13, 0x1.ffcbfba879b83p-17,
        0x1.62bfc74035270p-20, 0x1.b5267e1b397b2p-24, 0x1.e61bf9f7ed3cfp-28,
        0x1.e79b2d8940a52p-32,
      ])
  }
}
