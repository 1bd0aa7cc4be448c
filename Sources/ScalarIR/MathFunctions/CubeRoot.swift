extension ScalarExprBuilder {
  /// The cube root.
  ///
  /// |x| = 2^(3 q + r) m with r in 0 ... 2: an estimate of ∛m by a polynomial of degree 6, error
  /// 2^-22.5, times ∛2^r, then one step of Halley's method on the exact residual.
  package mutating func cbrt(_ x: Value) -> Value {
    computingWide(x) { builder, x, _ in
      let format = FloatFormat.of(.f64)
      let magnitude = builder.abs(x)
      let isSmall = builder.compare(
        .lt, magnitude, builder.constant(format.smallestNormal, like: x))
      let scaled = builder.mul(magnitude, builder.constant(0x1p54, like: x))
      let normal = builder.bitcast(builder.select(isSmall, scaled, magnitude), to: .i64)
      let fraction = builder.binary(.and, normal, (1 << 52) - 1)
      let m = builder.bitcast(builder.binary(.or, fraction, 1023 << 52), to: .f64)

      // The biased exponent as a float, a multiple of three added, and its quotient by three.
      let offset = builder.constant(format.roundingOffset, like: x)
      let biased = builder.add(
        builder.binary(.shrLogical, normal, 52), builder.bitcast(offset, to: .i64))
      let exponent = builder.sub(builder.bitcast(biased, to: .f64), offset)
      let third = builder.constant(0x1.5555555555555p-2, like: x)
      let quotient = builder.unary(
        .floor, builder.fma(exponent, third, builder.constant(0.1, like: x)))
      let rest = builder.fma(quotient, builder.constant(-3, like: x), exponent)
      let isOne = builder.compare(.eq, rest, builder.constant(1, like: x))
      let isTwo = builder.compare(.eq, rest, builder.constant(2, like: x))
      func byRest(_ builder: inout Self, _ choices: (Double, Double, Double)) -> Value {
        let first = builder.constant(choices.0, like: x)
        let second = builder.select(isOne, builder.constant(choices.1, like: x), first)
        return builder.select(isTwo, builder.constant(choices.2, like: x), second)
      }
      let whole = builder.mul(m, byRest(&builder, (1, 2, 4)))
      let roots = byRest(&builder, (1, 0x1.428a2f98d728bp0, 0x1.965fea53d6e3dp0))
      let estimate = builder.mul(
        builder.polynomial(
          m,
          [
            0x1.c9df45ffaf145p-2, 0x1.e673bba02aa58p-1, -0x1.5515d781ac5f9p-1, 0x1.8a9dee936485bp-2,
            -0x1.27e19e083b808p-3, 0x1.fa585c9ab851cp-6, -0x1.76d40c301c305p-9,
          ]), roots)

      let square = builder.exactProduct(estimate, estimate)
      let residual = builder.fma(
        square.low, estimate, builder.fma(square.high, estimate, builder.neg(whole)))
      let slope = builder.fma(
        builder.add(square.high, square.high), estimate, whole)
      let step = builder.div(builder.mul(estimate, residual), slope)
      let root = builder.sub(estimate, step)
      // 1023 is three times 341; scaling took 54, three times 18.
      let unbiased = builder.add(
        quotient,
        builder.select(
          isSmall, builder.constant(-341 - 18, like: x), builder.constant(-341, like: x)))
      let power = builder.powerOfTwo(unbiased, 1, format).power
      let result = builder.copySign(builder.mul(root, power), of: x)
      let isPositive = builder.compare(.gt, magnitude, builder.constant(0, like: x))
      let isFinite = builder.compare(.lt, magnitude, builder.constant(.infinity, like: x))
      return builder.select(builder.both(isPositive, isFinite), result, x)
    }
  }
}
