/// 2^exponent (power.high + power.low), with power between √½ and √2.
struct ScaledPair {
  let exponent: SplitExponent
  let power: FloatPair
}

extension ScalarExprBuilder {
  /// The exponential of `x + low`, doubles, for an x in -746 ... 746.
  ///
  /// As `exp`, but with what rounding the sums loses: error about 2^-61 (series of `f32`: 2^-31).
  mutating func exponentialPair(
    _ x: Value, plus low: Value?, _ format: FloatFormat
  ) -> ScaledPair {
    let wide = FloatFormat.of(.f64)
    let exponent = splitExponent(x, Self.log2E, wide)
    let n = exponent.quotient
    let r = fma(n, constant(-wide.ln2High, like: x), x)
    let product = mul(n, constant(-wide.ln2Low, like: x))
    let rLow = low.map { add(product, $0) } ?? product
    let rounded = add(r, rLow)
    let tail = polynomial(rounded, Self.fineExponentialTail(format))
    let rest = fma(mul(rounded, rounded), tail, rLow)
    let sum = exactSum(greater: constant(1, like: x), r)
    return ScaledPair(
      exponent: exponent, power: exactSum(greater: sum.high, add(sum.low, rest)))
  }
}
