import ScalarIR

extension TapeBuilder {
  /// The operand's cotangent of a maximum or minimum over windows: each window's goes, in equal
  /// shares, to its elements that equal the result; where that is NaN, to those that are NaN.
  mutating func windowExtremumCotangents(
    _ context: GradientContext
  ) throws(TapeError) -> [Value?] {
    guard let cotangent = context.cotangents[0] else { return [nil] }
    let (x, y) = (context.operands[0], context.results[0])
    let (shape, dtype) = (shape(of: x), dtype(of: x))
    let axes = Op.windowAxes(context.attributes, rank: shape.rank)
    let one = try splat(.one(dtype.computeType), shape)
    let count = try window(.windowSumEqual, x, one, y, axes: axes)
    let share = try op(.div, convert(cotangent, to: dtype.computeType), count)
    let total = try window(
      .windowSumEqual, spaced(y, axes), spaced(share, axes), x,
      axes: axes.transposed(shape, self.shape(of: y)))
    return [try convert(settled(total, shape), to: dtype)]
  }
}
