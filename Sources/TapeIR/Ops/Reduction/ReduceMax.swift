import ScalarIR

extension Op {
  /// The greatest element along axes: NaN wins, −0 < +0; the least value where there is none.
  package static let reduceMax: Op = reduction(
    "reduce-max", summary: "maximum along axes; nan wins", of: .any,
    monoid: { dtype in
      .simple(
        "max", dtype, identity: .lowest(dtype.computeType), empty: .lowest(dtype),
        combine: .maximum)
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let (x, attributes) = (context.operands[0], context.attributes)
      let dtype = builder.dtype(of: x)
      let extremum = try builder.spread(context.results[0], over: x, attributes)
      // Elements that equal the maximum; where that is NaN, those that are NaN.
      let isExtremal = try builder.op(
        .or, builder.op(.eq, x, extremum), builder.op(.ne, x, x))
      let count = try builder.sum(
        builder.convert(isExtremal, to: dtype.computeType), axes: attributes.integers(.axes),
        keepingAxes: attributes.boolean(.keep))
      let share = try builder.op(
        .div, builder.convert(cotangent, to: dtype.computeType), count)
      let spread = try builder.spread(builder.convert(share, to: dtype), over: x, attributes)
      return [try builder.op(.select, isExtremal, spread, builder.splat(0, like: x))]
    })
}
