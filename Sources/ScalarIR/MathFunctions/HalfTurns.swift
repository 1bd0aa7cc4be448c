extension ScalarExprBuilder {
  /// x less the nearest whole number: exact.
  mutating func fromNearestInteger(_ x: Value) -> Value { sub(x, unary(.roundEven, x)) }

  /// sin π r of a double in -1/2 ... 1/2.
  ///
  /// It is r S(r²), S of degree 8: relative error 2^-61.8.
  mutating func sineOfHalfTurns(_ r: Value) -> FloatPair {
    let series = pairedPolynomial(
      mul(r, r),
      [
        0x1.921fb54442d18p1, -0x1.4abbce625be52p2, 0x1.466bc6775aa6ep1, -0x1.32d2cce627515p-1,
        0x1.507834851794ep-4, -0x1.e3074ddc49574p-8, 0x1.e8f35e5b35436p-12, -0x1.6f796c5576f61p-16,
        0x1.9d1a1e65d98dap-21,
      ], rest: 0x1.1883b339c1cdap-53)
    let product = exactProduct(r, series.high)
    return FloatPair(high: product.high, low: fma(r, series.low, product.low))
  }
}
