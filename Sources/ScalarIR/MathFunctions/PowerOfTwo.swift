/// `quotient`, a whole number as a float, and powers of two with that exponent.
struct SplitExponent {
  typealias Value = ScalarExpr.Value

  let quotient: Value
  /// Two normal powers of two, `2^⌊n/2⌋` and `2^⌈n/2⌉`, with product `2^n`. A factor times the first
  /// is exact, times the second is rounded once, also where the result is subnormal or overflows.
  let halves: (Value, Value)
}

extension ScalarExprBuilder {
  /// `x · scale` rounded to a whole number n, of magnitude below twice the exponent bias, with 2^n.
  mutating func splitExponent(_ x: Value, _ scale: Double, _ format: FloatFormat) -> SplitExponent {
    let offset = constant(format.roundingOffset + Double(2 * format.exponentBias), like: x)
    let shifted = fma(x, constant(scale, like: x), offset)
    // The low bits of the sum are n + 2 bias; each half of them is a biased exponent.
    let biased = bitcast(shifted, to: format.integer)
    let lower = binary(.shrLogical, biased, 1)
    let upper = sub(biased, lower)
    return SplitExponent(
      quotient: sub(shifted, offset),
      halves: (
        bitcast(binary(.shl, lower, format.mantissaBits), to: format.float),
        bitcast(binary(.shl, upper, format.mantissaBits), to: format.float)
      ))
  }

  /// `x · scale` rounded to a whole number n, and 2^(n + shift), which must be a normal number.
  mutating func powerOfTwo(
    _ x: Value, _ scale: Double, timesTwoTo shift: Int = 0, _ format: FloatFormat
  ) -> (quotient: Value, power: Value) {
    let offset = constant(
      format.roundingOffset + Double(format.exponentBias + shift), like: x)
    let shifted = fma(x, constant(scale, like: x), offset)
    let biased = bitcast(shifted, to: format.integer)
    let power = bitcast(binary(.shl, biased, format.mantissaBits), to: format.float)
    return (sub(shifted, offset), power)
  }

  /// `x · 2^n` with one rounding.
  mutating func scale(_ x: Value, _ exponent: SplitExponent) -> Value {
    mul(mul(x, exponent.halves.0), exponent.halves.1)
  }
}
