import ScalarIR

extension Op {
  /// Windows of x at positions that the indices hold, side by side: StableHLO's gather.
  package static let gather: Op = Op(
    "gather", summary: "windows of x at the positions that indices hold",
    kind: .indexing,
    constraints: [
      "C1 the indices are integers.",
      "C2 :index-vector-dim is an axis of the indices, their last one without it, or their rank; "
        + "along it there is an index for each axis in :start-index-map.",
      "C3 :collapsed-slice-dims and :operand-batching-dims are distinct ascending axes of x; "
        + ":start-index-map are distinct axes of x, none of them batching.",
      "C4 :start-indices-batching-dims pair up with :operand-batching-dims, with one size each.",
      "C5 :slice-sizes has an entry in 0 ... size for each axis of x; 1 for collapsed and batching "
        + "axes.",
      "C6 :offset-dims are ascending axes of y, one for each axis of x that is neither.",
      "C7 the other axes of y are those of the indices without :index-vector-dim.",
    ],
    arity: .exactly(2),
    attributes: [
      AttributeSpec(.offsetDims, .integers, isRequired: false),
      AttributeSpec(.collapsedSliceDims, .integers, isRequired: false),
      AttributeSpec(.operandBatchingDims, .integers, isRequired: false),
      AttributeSpec(.startIndicesBatchingDims, .integers, isRequired: false),
      AttributeSpec(.startIndexMap, .integers, isRequired: false),
      AttributeSpec(.indexVectorDim, .integer, isRequired: false),
      AttributeSpec(.sliceSizes, .dims),
      AttributeSpec(.mode, .word(["error", "clip", "fill"]), isRequired: false),
    ],
    literalTypes: [1: .i32],
    infer: { (types, attributes) throws(ConstraintViolation) in
      let (x, indices) = (types[0], types[1])
      let numbers = IndexingNumbers(attributes, .gather, indicesRank: indices.rank)
      try numbers.check(x, indices)
      let sizes = attributes.dims(.sliceSizes)
      try checkSliceSizes("gather", sizes, of: x, constraint: "C5")
      for axis in numbers.collapsedDims + numbers.batchingDims where sizes[axis] != 1 {
        throw ConstraintViolation(
          "C5", "gather needs windows of size 1 along axis \(axis), found \(sizes[axis].text)")
      }
      let windows = numbers.windowsAxes(indicesRank: indices.rank)
      let inner = numbers.windowAxes(rank: x.rank)
      try numbers.checkWindowDims(rank: windows.count + inner.count, of: x, constraint: "C6")
      var dims = windows.map { indices.shape[$0] }
      for (place, axis) in zip(numbers.windowDims, inner) { dims.insert(sizes[axis], at: place) }
      return [TensorType(x.dtype, Shape(dims))]
    },
    family: { types, attributes in
      let numbers = IndexingNumbers(attributes, .gather, indicesRank: types[1].rank)
      return .indexing(
        .gather(
          Gather(
            bounds: Indexing.Bounds(attributes),
            axes: numbers.axes(types[0], types[1], windows: attributes.dims(.sliceSizes)))))
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil, nil] }
      let rank = builder.shape(of: context.operands[1]).rank
      let numbers = IndexingNumbers(context.attributes, .gather, indicesRank: rank)
      var attributes = numbers.attributes(.scatter, indicesRank: rank)
      attributes[.mode] = Indexing.Bounds(context.attributes).scatterMode
      attributes[.combine] = .word("add")
      let zeros = try builder.splat(0, like: context.operands[0])
      return [
        try builder.apply(.scatter, [zeros, context.operands[1], cotangent], attributes)[0], nil,
      ]
    })

  /// Checks that there is a window size in 0 ... size for each axis of x.
  static func checkSliceSizes(
    _ name: String, _ sizes: [Dim], of x: TensorType, constraint: String
  ) throws(ConstraintViolation) {
    if sizes.count != x.rank {
      throw ConstraintViolation(
        constraint,
        "\(name) of \(x) needs \(x.rank) entr\(x.rank == 1 ? "y" : "ies") in :slice-sizes, "
          + "found \(sizes.count)")
    }
    for (size, extent) in zip(sizes, x.shape.dims)
    where size.isKnownToExceed(extent) || (0 as Dim).isKnownToExceed(size) {
      throw ConstraintViolation(
        constraint,
        "\(name) of \(x) needs :slice-sizes between 0 and x's sizes, "
          + "found [\(sizes.map(\.text).joined(separator: " "))]")
    }
  }
}
