extension ScalarExprBuilder {
  /// log u + `low` of a positive finite double u, short of one unit.
  mutating func logarithm(_ u: Value, plus low: Value) -> Value {
    let format = FloatFormat.of(.f64)
    let parts = splitSignificand(u, format)
    return logarithm(parts, plus: low)
  }

  /// log u + `low` of a number that is split already.
  mutating func logarithm(_ parts: SplitSignificand, plus low: Value) -> Value {
    let sum = logarithmOfFraction(parts, plus: low)
    let ln2 = constant(FloatFormat.of(.f64).ln2High, like: sum)
    return fma(parts.exponent, ln2, sum)
  }

  /// The same with what rounding the last sum loses: short of one unit of log √2, or of log u where
  /// that is less.
  mutating func logarithmSum(_ parts: SplitSignificand, plus low: Value) -> FloatPair {
    let sum = logarithmOfFraction(parts, plus: low)
    let ln2 = constant(FloatFormat.of(.f64).ln2High, like: sum)
    let whole = exactProduct(parts.exponent, ln2)
    let total = exactSum(greater: whole.high, sum)
    return FloatPair(high: total.high, low: add(total.low, whole.low))
  }

  /// log u + `low` less the greater part of k log 2.
  private mutating func logarithmOfFraction(
    _ parts: SplitSignificand, plus low: Value
  ) -> Value {
    let format = FloatFormat.of(.f64)
    let (k, f) = (parts.exponent, parts.fraction)
    let rest = fma(k, constant(format.ln2Low, like: k), low)
    return add(f, logarithmTail(f, plus: rest, format))
  }

  /// The logarithm of a positive finite double with an error of about 2^-65 of it.
  ///
  /// With s = f / (2 + f): log(1 + f) = 2 s + s³ (2/3 + s² R(s²)), the first two terms as pairs. R of
  /// degree 6 on |s| ≤ 0.1716, error 2^-64.9 relative to the logarithm.
  mutating func logarithmPair(_ x: Value) -> FloatPair {
    let format = FloatFormat.of(.f64)
    let parts = splitSignificand(x, format)
    let (k, f) = (parts.exponent, parts.fraction)
    let zero = constant(0, like: x)
    let sum = exactSum(greater: constant(2, like: x), f)
    let reciprocal = div(constant(1, like: x), sum.high)
    let s = quotient(FloatPair(high: f, low: zero), by: sum, reciprocal: reciprocal)

    let square = exactProduct(s.high, s.high)
    let twice = add(s.high, s.high)
    let squareLow = fma(twice, s.low, square.low)
    let tail = polynomial(
      square.high,
      [
        0x1.9999999999b87p-2, 0x1.249249244d352p-2, 0x1.c71c723cbb33cp-3, 0x1.745ce47f4dd81p-3,
        0x1.3b1fea5716233p-3, 0x1.0f68509dab349p-3, 0x1.0f216819befaep-3,
      ])
    let factor = exactSum(
      greater: constant(0x1.5555555555555p-1, like: x), mul(square.high, tail))
    let factorLow = add(factor.low, constant(0x1.5555555555555p-55, like: x))
    let cube = exactProduct(s.high, square.high)
    let cubeLow = add(cube.low, fma(s.high, squareLow, mul(s.low, square.high)))
    let term = exactProduct(cube.high, factor.high)
    let termLow = add(term.low, fma(cube.high, factorLow, mul(cubeLow, factor.high)))

    let fraction = exactSum(greater: twice, term.high)
    let fractionLow = add(fraction.low, fma(constant(2, like: x), s.low, termLow))
    let whole = exactProduct(k, constant(format.ln2High, like: x))
    let wholeLow = fma(k, constant(format.ln2Low, like: x), whole.low)
    let total = exactSum(greater: whole.high, fraction.high)
    return exactSum(greater: total.high, add(total.low, add(wholeLow, fractionLow)))
  }
}
