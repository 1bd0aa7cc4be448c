extension ScalarExprBuilder {
  /// 1 / √x: the rounded quotient, corrected by one Newton step on the exact residual.
  package mutating func rsqrt(_ x: Value) -> Value {
    computing(x) { builder, x, _ in
      let one = builder.constant(1, like: x)
      let estimate = builder.div(one, builder.sqrt(x))
      // 1 - x estimate², from x estimate as a rounded value and the rest.
      let product = builder.mul(x, estimate)
      let lost = builder.fma(x, estimate, builder.neg(product))
      let residual = builder.fma(
        builder.neg(lost), estimate, builder.fma(builder.neg(product), estimate, one))
      let half = builder.mul(estimate, builder.constant(0.5, like: x))
      let corrected = builder.fma(half, residual, estimate)
      // Not so where the estimate is 0, ∞ or NaN: there the residual is NaN.
      return builder.select(builder.compare(.eq, residual, residual), corrected, estimate)
    }
  }
}
