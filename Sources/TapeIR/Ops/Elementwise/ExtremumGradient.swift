import ScalarIR

extension TapeBuilder {
  /// The operands' cotangents of `max` and `min`: the cotangent for the operand that was taken,
  /// half of it for both at ties, all of it for both where one is NaN.
  ///
  /// - Parameters:
  ///   - losesIf: the comparison of a with b under which b was taken.
  ///   - winsIf: the one under which a was taken.
  mutating func extremumCotangents(
    _ context: GradientContext, losesIf: Op, winsIf: Op
  ) throws(TapeError) -> [Value?] {
    guard let cotangent = context.cotangents[0] else { return [nil, nil] }
    let (a, b) = (context.operands[0], context.operands[1])
    let zero = try splat(0, like: cotangent)
    let half = try op(.mul, cotangent, splat(0.5, like: cotangent))
    let share = try op(.select, op(.eq, a, b), half, cotangent)
    return [
      context.isWanted[0] ? try op(.select, op(losesIf, a, b), zero, share) : nil,
      context.isWanted[1] ? try op(.select, op(winsIf, a, b), zero, share) : nil,
    ]
  }
}
