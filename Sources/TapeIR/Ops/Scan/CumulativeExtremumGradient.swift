import ScalarIR

extension TapeBuilder {
  /// The operand's cotangent of a cumulative maximum or minimum: a result's goes, in equal shares, to
  /// the elements up to it that equal it; where it is NaN, to those that are NaN.
  ///
  /// Along a run of equal results, one recurrence counts those elements, and one from the run's end
  /// sums the shares of the results that are still to come.
  mutating func cumulativeExtremumCotangents(
    _ context: GradientContext
  ) throws(TapeError) -> [Value?] {
    guard let cotangent = context.cotangents[0] else { return [nil] }
    let (x, y) = (context.operands[0], context.results[0])
    let axis = context.attributes.integer(.axis)
    let isReversed = context.attributes.boolean(.reverse)
    let dtype = dtype(of: x)
    let wide = dtype.computeType
    let isExtremal = try op(.or, op(.eq, x, y), op(.ne, x, x))
    let previous = try shift(y, axis: axis, isReversed: isReversed, filler: 0)
    let isSame = try convert(
      op(.or, op(.eq, previous, y), op(.ne, previous, previous)), to: wide)
    let count = try scan(
      .linearRecurrence, isSame, convert(isExtremal, to: wide), axis: axis, isReversed: isReversed)
    let share = try op(.div, convert(cotangent, to: wide), count)
    let continues = try shift(isSame, axis: axis, isReversed: !isReversed, filler: 0)
    let total = try scan(
      .linearRecurrence, continues, share, axis: axis, isReversed: !isReversed)
    return [
      try op(.select, isExtremal, convert(total, to: dtype), splat(0, like: x))
    ]
  }
}
