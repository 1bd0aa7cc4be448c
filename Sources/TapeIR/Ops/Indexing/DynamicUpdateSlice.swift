import ScalarIR

extension Op {
  /// x with a window replaced that begins where rank-0 operands say, moved so that it fits.
  package static let dynamicUpdateSlice: Op = Op(
    "dynamic-update-slice",
    summary: "x with a window replaced at a position that operands hold, moved to fit",
    kind: .indexing,
    constraints: [
      "C1 there is a start for each axis of x.",
      "C2 starts are integers of rank 0, of one element type.",
      "C3 u has x's element type and rank, and none of its sizes is greater.",
      "C4 y has x's type.",
    ],
    arity: .atLeast(2), literalTypes: startTypes(from: 2),
    infer: { (types, _) throws(ConstraintViolation) in
      let (x, update) = (types[0], types[1])
      try checkStarts("dynamic-update-slice", types[2...], of: x)
      if update.dtype != x.dtype || update.rank != x.rank
        || zip(update.shape.dims, x.shape.dims).contains(where: { $0.isKnownToExceed($1) })
      {
        throw ConstraintViolation(
          "C3", "dynamic-update-slice needs an update that fits into \(x), found \(update)")
      }
      return [x]
    },
    family: { types, _ in
      .indexing(
        .scatter(
          Scatter(
            bounds: .clip, updates: 1, axes: windowAxes(types[1].shape.dims, firstStart: 2),
            windowAxes: Array(types[1].shape.dims.indices), windowsAxes: [], combine: nil)))
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      var cotangents = [Value?](repeating: nil, count: context.operands.count)
      guard let cotangent = context.cotangents[0] else { return cotangents }
      let update = context.operands[1]
      let starts = Array(context.operands.dropFirst(2))
      if context.isWanted[0] {
        let zeros = try builder.splat(0, like: update)
        cotangents[0] = try builder.apply(.dynamicUpdateSlice, [cotangent, zeros] + starts)[0]
      }
      if context.isWanted[1] {
        cotangents[1] = try builder.apply(
          .dynamicSlice, [cotangent] + starts,
          [.sliceSizes: .dims(builder.shape(of: update).dims)])[0]
      }
      return cotangents
    })
}
