import ScalarIR

extension Op {
  /// The product of each element and all before it along an axis.
  ///
  /// An element's cotangent is the product of all before it, times the sum over the results from its
  /// own on of their cotangent times the product of the elements between: a linear recurrence, so
  /// that zeros need no division.
  package static let cumProd: Op = cumulative(
    "cum-prod", summary: "product of all elements up to each, along an axis",
    monoid: { .product($0) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let axis = context.attributes.integer(.axis)
      let isReversed = context.attributes.boolean(.reverse)
      let dtype = builder.dtype(of: context.operands[0])
      let x = try builder.convert(context.operands[0], to: dtype.computeType)
      let before = try builder.scan(
        .cumProd, builder.shift(x, axis: axis, isReversed: isReversed, filler: 1), axis: axis,
        isReversed: isReversed)
      let behind = try builder.scan(
        .linearRecurrence, builder.shift(x, axis: axis, isReversed: !isReversed, filler: 0),
        builder.convert(cotangent, to: dtype.computeType), axis: axis, isReversed: !isReversed)
      let product = try builder.op(.mul, before, behind)
      // Where no result is left that anything depends on, it does not matter what overflows before.
      let isVoid = try builder.op(
        .and, builder.op(.eq, behind, builder.splat(0, like: behind)),
        builder.op(.ne, product, product))
      let share = try builder.op(.select, isVoid, builder.splat(0, like: product), product)
      return [try builder.convert(share, to: dtype)]
    })
}
