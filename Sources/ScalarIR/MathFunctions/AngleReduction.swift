/// |x| = (4 k + quadrant) π/2 + (high + low), with |high| ≤ π/4 but for rounding.
struct ReducedAngle {
  typealias Value = ScalarExpr.Value

  /// An unsigned integer of which only the two low bits count.
  let quadrant: Value
  let high: Value
  let low: Value
}

extension ScalarExprBuilder {
  /// `function` of x and of |x| less the nearest multiple of π/2; NaN where x is not finite.
  ///
  /// Any angle is reduced as if π had all its digits. Huge ones take a long way.
  mutating func ofReducedAngle(
    _ x: Value, _ format: FloatFormat,
    _ function: (inout Self, Value, ReducedAngle) -> Value
  ) -> Value {
    let magnitude = abs(x)
    let angle = smallReducedAngle(magnitude, format)
    let value = function(&self, x, angle)
    let limit = constant(format.pick(single: 0x1p16, double: 0x1p20), like: x)
    return rarely(
      compare(.ge, magnitude, limit), [x],
      slow: { builder, inputs in
        let x = inputs[0]
        let magnitude = builder.abs(x)
        let angle = builder.largeReducedAngle(magnitude, format)
        let value = function(&builder, x, angle)
        let isFinite = builder.compare(.lt, magnitude, builder.constant(.infinity, like: x))
        return builder.select(isFinite, value, builder.constant(.nan, like: x))
      }, fast: value)
  }

  /// π/2 in three parts, each the rounded rest.
  private static func halfPiParts(_ format: FloatFormat) -> (Double, Double, Double) {
    format.pick(
      single: (0x1.921fb6p0, -0x1.777a5cp-25, -0x1.ee59dap-50),
      double: (0x1.921fb54442d18p0, 0x1.1a62633145c07p-54, -0x1.f1976b7ed8fbcp-110))
  }

  /// The reduction after Cody and Waite: n parts of π/2 are taken from y one after the other.
  private mutating func smallReducedAngle(_ y: Value, _ format: FloatFormat) -> ReducedAngle {
    let (first, second, third) = Self.halfPiParts(format)
    let offset = constant(format.roundingOffset, like: y)
    let shifted = fma(y, constant(0x1.45f306dc9c883p-1, like: y), offset)
    let n = sub(shifted, offset)
    let exact = fma(n, constant(-first, like: y), y)
    let product = mul(n, constant(second, like: y))
    let productLost = fma(n, constant(second, like: y), neg(product))
    // The difference of two numbers of any size, and what its rounding lost (Knuth).
    let high = sub(exact, product)
    let taken = sub(exact, high)
    let lost = add(sub(exact, add(high, taken)), sub(taken, product))
    let low = fma(n, constant(-third, like: y), sub(lost, productLost))
    return ReducedAngle(
      quadrant: bitcast(shifted, to: format.float.unsignedCounterpart), high: high, low: low)
  }

  /// The reduction of a finite angle after Payne and Hanek: y is m 2^e with a whole m; m is multiplied with those digits
  /// of 2/π that matter to 2^e m · 2/π modulo 4, three words of them.
  private mutating func largeReducedAngle(_ y: Value, _ format: FloatFormat) -> ReducedAngle {
    let word = format.float.unsignedCounterpart
    let width = word.bitWidth
    let mantissaBits = format.mantissaBits
    let bits = bitcast(y, to: word)
    let fraction = binary(.and, bits, (1 << mantissaBits) - 1)
    let m = binary(.or, fraction, 1 << mantissaBits)
    let start = binary(.sub, binary(.shrLogical, bits, mantissaBits), format.exponentBias)

    // Four whole words from bit `start` on, chosen by the bits of its word index from the top down.
    let stages = format.pick(single: 2, double: 4)
    var words = (0..<(1 << stages) + 3).map { index in
      constant(ScalarValue(word, bits: Self.twoOverPi(word: index, format)))
    }
    for stage in (0..<stages).reversed() {
      let mask = width << stage
      let isSet = compare(
        .ne, binary(.and, start, mask), constant(integer: 0, like: start))
      let step = 1 << stage
      words = (0..<step + 3).map { select(isSet, words[$0 + step], words[$0]) }
    }
    let left = binary(.and, start, width - 1)
    let right = sub(constant(integer: width, like: left), left)
    let window = (0..<3).map { index in
      binary(
        .or, binary(.shl, words[index], left), binary(.shrLogical, words[index + 1], right))
    }

    // m · window modulo 2^(3 width); its two upper words are y · 2/π modulo 4, times 2^(2 width - 2).
    let middle = mul(m, window[1])
    let lower = add(middle, binary(.mulHigh, m, window[2]))
    let carries = compare(.lt, lower, middle)
    let carry = select(
      carries, constant(integer: 1, like: m), constant(integer: 0, like: m))
    let upper = add(add(mul(m, window[0]), binary(.mulHigh, m, window[1])), carry)
    let quadrant = binary(.shrLogical, binary(.add, upper, 1 << (width - 3)), width - 2)
    let signed = sub(upper, binary(.shl, quadrant, width - 2))

    // The fraction's magnitude (less one in the last place where it is negative) in three floats.
    let integer = format.integer
    let mask = bitcast(
      binary(.shrArith, bitcast(signed, to: integer), width - 1), to: word)
    let top = binary(.xor, signed, mask)
    let bottom = binary(.xor, lower, mask)
    let kept = width - 4 - mantissaBits
    let moved = mantissaBits + 1 - kept
    let second = binary(
      .or, binary(.shl, binary(.and, top, (1 << kept) - 1), moved),
      binary(.shrLogical, bottom, width - moved))
    let third = binary(.and, bottom, (1 << (width - moved)) - 1)
    func part(_ builder: inout Self, _ value: Value, _ scale: Int) -> Value {
      let whole = builder.convert(builder.bitcast(value, to: integer), to: format.float)
      let unit = Double(sign: .plus, exponent: scale, significand: 1)
      return builder.mul(whole, builder.constant(unit, like: whole))
    }
    let a = part(&self, binary(.shrLogical, top, kept), kept - (width - 2))
    let b = part(&self, second, -(width - 2) - moved)
    let c = part(&self, third, -2 * (width - 1))
    let f = add(a, b)
    let fLow = add(add(sub(a, f), b), c)

    // That part of π/2, with the sign of the fraction.
    let (halfPi, halfPiLow, _) = Self.halfPiParts(format)
    let high = mul(f, constant(halfPi, like: y))
    let lost = fma(f, constant(halfPi, like: y), neg(high))
    let low = fma(
      f, constant(halfPiLow, like: y), fma(fLow, constant(halfPi, like: y), lost))
    let sign = binary(.and, mask, constant(ScalarValue(word, bits: 1 << UInt64(width - 1))))
    return ReducedAngle(
      quadrant: quadrant, high: flipSign(high, by: sign), low: flipSign(low, by: sign))
  }

  /// `value` with its sign flipped where `sign`, an unsigned integer, has the sign bit.
  mutating func flipSign(_ value: Value, by sign: Value) -> Value {
    bitcast(binary(.xor, bitcast(value, to: type(of: sign)), sign), to: type(of: value))
  }

  /// A word of the binary digits of 2/π, with so many zeros before them that bit 0 is where the
  /// window of an angle between 1 and 2 starts.
  private static func twoOverPi(word index: Int, _ format: FloatFormat) -> UInt64 {
    let width = format.float.bitWidth
    var result: UInt64 = 0
    for bit in index * width..<(index + 1) * width {
      let digit = bit - (format.mantissaBits + 2)
      let isOne =
        digit >= 0
        && twoOverPiDigits[digit / 64] >> UInt64(63 - digit % 64) & 1 == 1
      result = result << 1 | (isOne ? 1 : 0)
    }
    return result
  }

  /// The first 1216 binary digits of 2/π after the point.
  private static let twoOverPiDigits: [UInt64] = [
    0xa2f9_836e_4e44_1529, 0xfc27_57d1_f534_ddc0, 0xdb62_9599_3c43_9041, 0xfe51_63ab_debb_c561,
    0xb724_6e3a_424d_d2e0, 0x0649_2eea_09d1_921c, 0xfe1d_eb1c_b129_a73e, 0xe882_35f5_2ebb_4484,
    0xe99c_7026_b45f_7e41, 0x3991_d639_8353_39f4, 0x9c84_5f8b_bdf9_283b, 0x1ff8_97ff_de05_980f,
    0xef2f_118b_5a0a_6d1f, 0x6d36_7ecf_27cb_09b7, 0x4f46_3f66_9e5f_ea2d, 0x7527_bac7_ebe5_f17b,
    0x3d07_39f7_8a52_92ea, 0x6bfb_5fb1_1f8d_5d08, 0x5603_3046_fc7b_6bab,
  ]
}
