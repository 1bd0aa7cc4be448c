/// An unevaluated sum of two floats, the second far smaller: twice the digits of one.
struct FloatPair {
  typealias Value = ScalarExpr.Value

  let high: Value
  let low: Value
}

// Error-free transformations (Knuth, Dekker): the pairs are exactly the sum or product of the operands,
// short of overflow and underflow.
extension ScalarExprBuilder {
  /// a + b, of any sizes.
  mutating func exactSum(_ a: Value, _ b: Value) -> FloatPair {
    let high = add(a, b)
    let second = sub(high, a)
    let first = sub(high, second)
    return FloatPair(high: high, low: add(sub(a, first), sub(b, second)))
  }

  /// a + b, where a is 0 or not smaller than b in magnitude.
  mutating func exactSum(greater a: Value, _ b: Value) -> FloatPair {
    let high = add(a, b)
    return FloatPair(high: high, low: sub(b, sub(high, a)))
  }

  /// a · b.
  mutating func exactProduct(_ a: Value, _ b: Value) -> FloatPair {
    let high = mul(a, b)
    return FloatPair(high: high, low: fma(a, b, neg(high)))
  }

  /// The quotient of two pairs, rounded but for a small part of a unit. `reciprocal` is that of the
  /// denominator, nearly.
  mutating func quotient(
    _ a: FloatPair, by b: FloatPair, reciprocal: Value
  ) -> FloatPair {
    let estimate = mul(a.high, reciprocal)
    let negated = neg(estimate)
    let remainder = add(fma(negated, b.high, a.high), fma(negated, b.low, a.low))
    return FloatPair(high: estimate, low: mul(remainder, reciprocal))
  }
}

extension ScalarExprBuilder {
  /// a + b, nearly as exact as twice the digits are.
  mutating func sum(_ a: FloatPair, _ b: FloatPair) -> FloatPair {
    let sum = exactSum(a.high, b.high)
    return FloatPair(high: sum.high, low: add(sum.low, add(a.low, b.low)))
  }

  /// 1 / x.
  mutating func reciprocalPair(_ x: Value) -> FloatPair {
    let one = constant(1, like: x)
    let high = div(one, x)
    return FloatPair(high: high, low: mul(fma(neg(high), x, one), high))
  }

  /// A polynomial of x with what the last step of Horner's rule loses, and with the `rest` of the first
  /// coefficient.
  mutating func pairedPolynomial(
    _ x: Value, _ coefficients: [Double], rest: Double
  ) -> FloatPair {
    let slope = polynomial(x, Array(coefficients.dropFirst()))
    let start = constant(coefficients[0], like: x)
    let high = fma(slope, x, start)
    let low = fma(slope, x, sub(start, high))
    return FloatPair(high: high, low: rest == 0 ? low : add(low, constant(rest, like: x)))
  }

  mutating func select(_ condition: Value, _ a: FloatPair, _ b: FloatPair) -> FloatPair {
    FloatPair(
      high: select(condition, a.high, b.high), low: select(condition, a.low, b.low))
  }
}

extension ScalarExprBuilder {
  /// `body` applied in `f64` to operands of one floating type; its result is rounded to that type, by
  /// way of `f32` for `f16` and `bf16`.
  ///
  /// `f32` needs few terms of each series there and no care for lost digits. The format given to `body`
  /// is `f32`'s or `f64`'s, and picks the series.
  mutating func computingWide(
    _ operands: [Value], _ body: (inout ScalarExprBuilder, [Value], FloatFormat) -> Value
  ) -> Value {
    let dtype = type(of: operands[0])
    precondition(dtype.isFloating, "a math function of \(dtype)")
    let wide = operands.map { convert(convert($0, to: dtype.computeType), to: .f64) }
    let result = body(&self, wide, .of(dtype.computeType))
    return convert(convert(result, to: dtype.computeType), to: dtype)
  }

  /// The same for one operand.
  mutating func computingWide(
    _ x: Value, _ body: (inout ScalarExprBuilder, Value, FloatFormat) -> Value
  ) -> Value {
    computingWide([x]) { builder, inputs, format in body(&builder, inputs[0], format) }
  }

  /// x + x³ p(x²).
  mutating func oddSeries(_ x: Value, _ square: Value, _ coefficients: [Double]) -> Value {
    fma(mul(x, square), polynomial(square, coefficients), x)
  }

  /// Whether both conditions hold.
  mutating func both(_ p: Value, _ q: Value) -> Value { binary(.and, p, q) }

  /// Whether one condition holds or both.
  mutating func either(_ p: Value, _ q: Value) -> Value { binary(.or, p, q) }
}
