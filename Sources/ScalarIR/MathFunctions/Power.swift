extension ScalarExprBuilder {
  /// x to the power y, with the special cases of C99 and IEEE 754.
  ///
  /// |x|^y = exp(y log |x|), for `f64` with the logarithm and the product as pairs.
  package mutating func pow(_ x: Value, _ y: Value) -> Value {
    computingWide([x, y]) { builder, inputs, format in
      let (x, y) = (inputs[0], inputs[1])
      let (zero, one) = (builder.constant(0, like: x), builder.constant(1, like: x))
      let infinity = builder.constant(.infinity, like: x)
      let magnitude = builder.abs(x)
      let logarithm =
        format.float == .f32
        ? FloatPair(high: builder.logarithm(magnitude, plus: zero), low: zero)
        : builder.logarithmPair(magnitude)
      // Of 0 and ∞, so that the product and the exponential come out right.
      let atZero = builder.select(
        builder.compare(.eq, magnitude, zero), builder.neg(infinity), logarithm.high)
      let high = builder.select(
        builder.compare(.eq, magnitude, infinity), infinity, atZero)

      let product = builder.exactProduct(y, high)
      let isModerate = builder.compare(
        .lt, builder.abs(product.high), builder.constant(1000, like: x))
      let low = builder.select(
        isModerate, builder.fma(y, logarithm.low, product.low), zero)
      let bounded = builder.atLeast(
        format.pick(single: -110, double: -746),
        builder.atMost(format.pick(single: 100, double: 711), product.high))
      let power = builder.exponentialPair(bounded, plus: low, format)
      let unsigned = builder.scale(power.power.high, power.exponent)
      // |x| = 1 with an infinite y has given NaN.
      let result = builder.select(builder.compare(.eq, magnitude, one), one, unsigned)

      let half = builder.mul(y, builder.constant(0.5, like: y))
      let isInteger = builder.compare(.eq, y, builder.unary(.trunc, y))
      let isHalved = builder.compare(.eq, half, builder.unary(.trunc, half))
      let isOdd = builder.both(isInteger, builder.unary(.not, isHalved))
      let signed = builder.select(isOdd, builder.copySign(result, of: x), result)
      let isNegative = builder.both(
        builder.compare(.lt, x, zero), builder.compare(.gt, x, builder.neg(infinity)))
      let isUndefined = builder.both(isNegative, builder.unary(.not, isInteger))
      let isNumber = builder.both(
        builder.compare(.eq, x, x), builder.compare(.eq, y, y))
      let isDefined = builder.both(isNumber, builder.unary(.not, isUndefined))
      let defined = builder.select(isDefined, signed, builder.constant(.nan, like: x))
      let isOne = builder.either(
        builder.compare(.eq, y, zero), builder.compare(.eq, x, one))
      return builder.select(isOne, one, defined)
    }
  }

  /// x to the power y of integers, by squaring: the product wraps; a negative power of other numbers
  /// than 1 and -1 is 0.
  package mutating func integerPow(_ x: Value, _ y: Value) -> Value {
    let dtype = type(of: x)
    let (zero, one) = (constant(integer: 0, like: x), constant(integer: 1, like: x))
    func isSet(_ builder: inout Self, _ bit: Int) -> Value {
      let mask = builder.constant(ScalarValue(dtype, bits: 1 << UInt64(bit)))
      return builder.compare(.ne, builder.binary(.and, y, mask), zero)
    }
    var power = x
    var result = select(isSet(&self, 0), x, one)
    for bit in 1..<(dtype.isSignedInteger ? dtype.bitWidth - 1 : dtype.bitWidth) {
      power = mul(power, power)
      result = select(isSet(&self, bit), mul(result, power), result)
    }
    guard dtype.isSignedInteger else { return result }
    let minusOne = constant(integer: -1, like: x)
    let alternating = select(isSet(&self, 0), minusOne, one)
    let ofMinusOne = select(compare(.eq, x, minusOne), alternating, zero)
    let inverse = select(compare(.eq, x, one), one, ofMinusOne)
    return select(compare(.lt, y, zero), inverse, result)
  }
}
