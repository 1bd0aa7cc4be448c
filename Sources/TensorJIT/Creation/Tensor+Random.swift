import ScalarIR
import TapeIR

extension Tensor {
  /// Random numbers, equally likely everywhere in `range` (where its upper bound may come up by
  /// rounding), of type `f32` or `f64`: with the default range, those of `jax.random.uniform`.
  ///
  /// Another element type or an impossible shape makes a tensor that carries the error.
  public static func uniform(
    _ shape: [Int], key: RandomKey, in range: Range<Double> = 0..<1,
    elementType: ElementType = .f32
  ) -> Tensor {
    let unit = unitUniform(shape, key: key, elementType)
    if range == 0..<1 { return unit }
    return maximum(
      range.lowerBound, unit * (range.upperBound - range.lowerBound) + range.lowerBound)
  }

  /// Random numbers of the standard normal distribution (mean 0, variance 1), of type `f32` or `f64`.
  ///
  /// They are the quantiles of uniform numbers, as in `jax.random.normal`. Another element type or an
  /// impossible shape makes a tensor that carries the error.
  public static func normal(
    _ shape: [Int], key: RandomKey, elementType: ElementType = .f32
  ) -> Tensor {
    // Uniform in −1 < u < 1: the bounds themselves would give infinities.
    let unit = unitUniform(shape, key: key, elementType)
    let lowest = elementType == .f64 ? -(1.0.nextDown) : -Double((1 as Float).nextDown)
    let open = maximum(Tensor(floatLiteral: lowest), unit * 2 + Tensor(floatLiteral: lowest))
    return open.erfinv() * Tensor(floatLiteral: 2.0.squareRoot())
  }

  /// Multiples of 2⁻²³ (`f64`: 2⁻⁵²) in 0 ..< 1, from the high bits of random words.
  private static func unitUniform(
    _ shape: [Int], key: RandomKey, _ elementType: ElementType
  ) -> Tensor {
    let isDouble = elementType == .f64
    guard isDouble || elementType == .f32 else {
      return Tensor(
        failure: .elementType(expected: "f32 or f64", found: "random \(elementType)"))
    }
    let word: DType = isDouble ? .u64 : .u32
    let kept = isDouble ? 52 : 23
    let dropped = ScalarValue(word, wrapping: 1 << (word.bitWidth - kept))
    let position = key.bits(word, Shape(shape)) / Tensor(constant: dropped)
    return position.converted(to: elementType)
      * Tensor(floatLiteral: 1 / Double(1 << kept))
  }
}
