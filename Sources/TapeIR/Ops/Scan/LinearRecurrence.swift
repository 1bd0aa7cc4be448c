import ScalarIR

extension Op {
  /// Along an axis, each result is a times the one before it, plus b; 0 stands before the first.
  ///
  /// Always one fold along the whole axis: combining segments would multiply all their factors,
  /// which may overflow where the results do not.
  package static let linearRecurrence: Op = scan(
    "linear-recurrence", summary: "y of i = a of i · y of i − 1 + b of i, along an axis",
    operands: 2,
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil, nil] }
      let axis = context.attributes.integer(.axis)
      let isReversed = context.attributes.boolean(.reverse)
      let dtype = builder.dtype(of: context.operands[0])
      let a = try builder.convert(context.operands[0], to: dtype.computeType)
      // The cotangent of a result: its own, and that of the next one times the next factor.
      let total = try builder.scan(
        .linearRecurrence, builder.shift(a, axis: axis, isReversed: !isReversed, filler: 0),
        builder.convert(cotangent, to: dtype.computeType), axis: axis, isReversed: !isReversed)
      let ofSummand = try builder.convert(total, to: dtype)
      guard context.isWanted[0] else { return [nil, ofSummand] }
      let before = try builder.shift(
        context.results[0], axis: axis, isReversed: isReversed, filler: 0)
      let ofFactor = try builder.op(
        .mul, total, builder.convert(before, to: dtype.computeType))
      return [try builder.convert(ofFactor, to: dtype), ofSummand]
    },
    scan: { dtype, axis, isReversed in
      let wide = dtype.computeType
      let fold = Accumulation(
        name: "recurrence", start: [.zero(wide)],
        step: ScalarExpr([wide, dtype, dtype]) { builder, inputs in
          let (a, b) = (builder.convert(inputs[1], to: wide), builder.convert(inputs[2], to: wide))
          return builder.inline(.multiplyAdd(wide), [a, inputs[0], b])
        },
        finish: ScalarExpr([wide]) { builder, inputs in [builder.convert(inputs[0], to: dtype)] })
      return CumulativeScan(fold: fold, combine: nil, axis: axis, isReversed: isReversed)
    })
}
