import ScalarIR

extension Op {
  /// The positions of x along an axis that indices hold: axes of y are x's before the axis, the
  /// indices' axes, x's behind it.
  package static let take: Op = Op(
    "take", summary: "the positions along an axis that indices hold",
    kind: .indexing,
    constraints: [
      "C1 the indices are integers.",
      "C2 :axis is an axis of x.",
      "C3 y has x's element type, and as axes x's before :axis, the indices', x's behind :axis.",
      "C4 under :mode clip, x has an element along :axis, or there are no indices.",
    ],
    arity: .exactly(2),
    attributes: [
      AttributeSpec(.axis, .integer),
      AttributeSpec(.mode, .word(["error", "clip", "fill"]), isRequired: false),
    ],
    literalTypes: [1: .i32],
    infer: { (types, attributes) throws(ConstraintViolation) in
      let (x, indices, axis) = (types[0], types[1], attributes.integer(.axis))
      if !indices.dtype.isInteger {
        throw ConstraintViolation("C1", "take needs integer indices, found \(indices)")
      }
      try checkAxis("take", axis, of: x, constraint: "C2")
      if Indexing.Bounds(attributes) == .clip, x.shape[axis] == 0,
        indices.shape.elementCount != 0
      {
        throw ConstraintViolation(
          "C4", "take of \(x) with :mode clip needs an element along axis \(axis)")
      }
      let dims = x.shape.dims
      return [
        TensorType(
          x.dtype, Shape(Array(dims[..<axis]) + indices.shape.dims + Array(dims[(axis + 1)...])))
      ]
    },
    family: { types, attributes in
      let (x, indices, axis) = (types[0], types[1], attributes.integer(.axis))
      let start = Indexing.Start(
        operand: 1,
        coordinates: (0..<indices.rank).map { Movement.Coordinate(axis: axis + $0) })
      return .indexing(
        .gather(
          Gather(
            bounds: Indexing.Bounds(attributes),
            axes: (0..<x.rank).map { number in
              if number == axis {
                return Indexing.Axis(coordinate: Movement.Coordinate(axis: nil), start: start)
              }
              let place = number < axis ? number : number - 1 + indices.rank
              return Indexing.Axis(
                coordinate: Movement.Coordinate(axis: place), window: x.shape[number])
            })))
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil, nil] }
      let (x, indices) = (context.operands[0], context.operands[1])
      return [
        try builder.scatter(
          cotangent, into: builder.splat(0, like: x), at: indices,
          axis: context.attributes.integer(.axis), combine: "add",
          bounds: Indexing.Bounds(context.attributes)),
        nil,
      ]
    })
}

extension TapeBuilder {
  /// `x` with updates combined into the positions along an axis that indices hold: what take reads.
  package mutating func scatter(
    _ updates: Value, into x: Value, at indices: Value, axis: Int, combine: String,
    bounds: Indexing.Bounds
  ) throws(TapeError) -> Value {
    let rank = shape(of: indices).rank
    let windowDims = shape(of: updates).dims.indices.filter { !(axis..<(axis + rank)).contains($0) }
    var attributes: Attributes = [
      .updateWindowDims: .integers(windowDims), .insertedWindowDims: .integers([axis]),
      .scatterDimsToOperandDims: .integers([axis]), .indexVectorDim: .integer(rank),
      .combine: .word(combine),
    ]
    attributes[.mode] = bounds.scatterMode
    return try apply(.scatter, [x, indices, updates], attributes)[0]
  }
}
