import ScalarIR

extension Op {
  /// x with windows of updates combined into it at positions that the indices hold, in row-major
  /// order of the windows: StableHLO's scatter.
  package static let scatter: Op = Op(
    "scatter", summary: "x with updates combined into it at the positions that indices hold",
    kind: .indexing,
    constraints: [
      "C1 the indices are integers.",
      "C2 :index-vector-dim is an axis of the indices, their last one without it, or their rank; "
        + "along it there is an index for each axis in :scatter-dims-to-operand-dims.",
      "C3 :inserted-window-dims and :input-batching-dims are distinct ascending axes of x; "
        + ":scatter-dims-to-operand-dims are distinct axes of x, none of them batching.",
      "C4 :scatter-indices-batching-dims pair up with :input-batching-dims, with one size each.",
      "C5 the updates have x's element type.",
      "C6 :update-window-dims are ascending axes of the updates, one for each axis of x that is "
        + "neither, and not longer; the other axes of the updates are those of the indices without "
        + ":index-vector-dim.",
      "C7 y has x's type.",
    ],
    arity: .exactly(3),
    attributes: [
      AttributeSpec(.updateWindowDims, .integers, isRequired: false),
      AttributeSpec(.insertedWindowDims, .integers, isRequired: false),
      AttributeSpec(.inputBatchingDims, .integers, isRequired: false),
      AttributeSpec(.scatterIndicesBatchingDims, .integers, isRequired: false),
      AttributeSpec(.scatterDimsToOperandDims, .integers, isRequired: false),
      AttributeSpec(.indexVectorDim, .integer, isRequired: false),
      AttributeSpec(.combine, .word(["set", "add", "mul", "min", "max"]), isRequired: false),
      AttributeSpec(.mode, .word(["error", "clip", "drop"]), isRequired: false),
    ],
    literalTypes: [1: .i32],
    infer: { (types, attributes) throws(ConstraintViolation) in
      let (x, indices, updates) = (types[0], types[1], types[2])
      let numbers = IndexingNumbers(attributes, .scatter, indicesRank: indices.rank)
      try numbers.check(x, indices)
      if updates.dtype != x.dtype {
        throw ConstraintViolation(
          "C5", "scatter needs updates of x's element type, found \(x) and \(updates)")
      }
      let windows = numbers.windowsAxes(indicesRank: indices.rank)
      let inner = numbers.windowAxes(rank: x.rank)
      try numbers.checkWindowDims(rank: windows.count + inner.count, of: x, constraint: "C6")
      var dims = windows.map { indices.shape[$0] }
      for (place, axis) in zip(numbers.windowDims, inner) {
        let size = place < updates.rank ? updates.shape[place] : x.shape[axis]
        dims.insert(size.isKnownToExceed(x.shape[axis]) ? x.shape[axis] : size, at: place)
      }
      if updates.shape != Shape(dims) {
        throw ConstraintViolation(
          "C6",
          "scatter into \(x) at indices \(indices) needs updates of shape \(Shape(dims)), "
            + "or with smaller windows, found \(updates)")
      }
      return [x]
    },
    family: { types, attributes in
      let (x, indices, updates) = (types[0], types[1], types[2])
      let numbers = IndexingNumbers(attributes, .scatter, indicesRank: indices.rank)
      var windows = [Dim](repeating: 1, count: x.rank)
      for (place, axis) in zip(numbers.windowDims, numbers.windowAxes(rank: x.rank)) {
        windows[axis] = updates.shape[place]
      }
      return .indexing(
        .scatter(
          Scatter(
            bounds: Indexing.Bounds(attributes), updates: 2,
            axes: numbers.axes(x, indices, windows: windows), windowAxes: numbers.windowDims,
            windowsAxes: updates.shape.dims.indices.filter { !numbers.windowDims.contains($0) },
            combine: combination(attributes.word(.combine), x.dtype))))
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil, nil, nil] }
      if builder.shape(of: context.operands[0]).elementCount == 0 {
        return [cotangent, nil, try builder.splat(0, like: context.operands[2])]
      }
      var gradient = ScatterGradient(context, builder)
      switch context.attributes.word(.combine) {
      case "add": return try gradient.ofSum(&builder)
      case "mul": return try gradient.ofProduct(&builder)
      case "min", "max": return try gradient.ofExtremum(&builder)
      default: return try gradient.ofReplacement(&builder)
      }
    })

  /// The function by which an update is combined into an element; nil where it replaces it.
  private static func combination(_ word: String?, _ dtype: DType) -> ScalarExpr? {
    let op: ScalarOp.Binary
    switch word {
    case "add": op = dtype == .bool ? .or : .add
    case "mul": op = dtype == .bool ? .and : .mul
    case "min": op = .minimum
    case "max": op = .maximum
    default: return nil
    }
    let wide = dtype.computeType
    return ScalarExpr([wide, wide]) { builder, inputs in
      [builder.binary(op, inputs[0], inputs[1])]
    }
  }
}
