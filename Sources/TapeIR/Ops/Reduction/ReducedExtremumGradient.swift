import ScalarIR

extension TapeBuilder {
  /// The operand's cotangent of a maximum or a minimum along axes: each element that equals it gets
  /// an equal share; where it is NaN, each that is NaN.
  mutating func reducedExtremumCotangents(
    _ context: GradientContext
  ) throws(TapeError) -> [Value?] {
    guard let cotangent = context.cotangents[0] else { return [nil] }
    let (x, attributes) = (context.operands[0], context.attributes)
    let dtype = dtype(of: x)
    let extremum = try spread(context.results[0], over: x, attributes)
    let isExtremal = try op(.or, op(.eq, x, extremum), op(.ne, x, x))
    let count = try sum(
      convert(isExtremal, to: dtype.computeType), axes: attributes.integers(.axes),
      keepingAxes: attributes.boolean(.keep))
    let share = try op(.div, convert(cotangent, to: dtype.computeType), count)
    let spread = try spread(convert(share, to: dtype), over: x, attributes)
    return [try op(.select, isExtremal, spread, splat(0, like: x))]
  }
}
