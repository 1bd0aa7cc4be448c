import ScalarIR

extension Op {
  /// The elements at `:start ..< :limit` along each axis, every `:stride`-th one.
  package static let slice: Op = Op(
    "slice", summary: "a range of positions along each axis",
    kind: .movement,
    constraints: [
      "C1 :start, :limit and :stride have one entry an axis of x.",
      "C2 0 ≤ start ≤ limit ≤ the size of x, along each axis.",
      "C3 :stride is at least 1; 1 without it.",
      "C4 y's sizes are (limit − start + stride − 1) / stride, rounded down.",
    ],
    arity: .exactly(1),
    attributes: [
      AttributeSpec(.start, .dims), AttributeSpec(.limit, .dims),
      AttributeSpec(.stride, .integers, isRequired: false),
    ],
    infer: { (types, attributes) throws(ConstraintViolation) in
      let (start, limit) = (attributes.dims(.start), attributes.dims(.limit))
      let rank = types[0].rank
      let strides = sliceStrides(attributes, rank: rank)
      for (key, count) in [
        (AttributeKey.start, start.count), (.limit, limit.count), (.stride, strides.count),
      ] where count != rank {
        throw ConstraintViolation(
          "C1",
          "slice of \(types[0]) needs \(rank) entr\(rank == 1 ? "y" : "ies") "
            + "in :\(key.rawValue), found \(count)")
      }
      for axis in 0..<rank {
        let bounds = [0, start[axis], limit[axis], types[0].shape[axis]]
        if zip(bounds, bounds.dropFirst()).contains(where: { $0.isKnownToExceed($1) }) {
          throw ConstraintViolation(
            "C2",
            "slice of \(types[0]) needs 0 ≤ start ≤ limit ≤ \(types[0].shape[axis]) "
              + "along axis \(axis), found \(start[axis]) and \(limit[axis])")
        }
        if strides[axis] < 1 {
          throw ConstraintViolation(
            "C3", "slice needs strides of at least 1, found \(strides[axis])")
        }
      }
      let dims = strides.indices.map { axis in
        (limit[axis] - start[axis] + .constant(strides[axis] - 1))
          .floorDivided(by: strides[axis])
      }
      return [TensorType(types[0].dtype, Shape(dims))]
    },
    family: { types, attributes in
      let strides = sliceStrides(attributes, rank: types[0].rank)
      let coordinates = zip(attributes.dims(.start), strides).enumerated().map { axis, range in
        Movement.Coordinate(axis: axis, stride: range.1, offset: range.0)
      }
      return .movement(.mapped([Movement.Piece(operand: 0, coordinates: coordinates)]))
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let shape = builder.shape(of: context.operands[0])
      let start = context.attributes.dims(.start)
      let strides = sliceStrides(context.attributes, rank: shape.rank)
      let taken = builder.shape(of: cotangent)
      let high = strides.indices.map { axis in
        shape[axis] - start[axis] - taken[axis].dilated(by: strides[axis])
      }
      let zero = try builder.splat(.zero(builder.dtype(of: cotangent)), .scalar)
      return [try builder.pad(cotangent, with: zero, low: start, high: high, steps: strides)]
    })

  /// `:stride`, or 1 along each axis.
  private static func sliceStrides(_ attributes: Attributes, rank: Int) -> [Int] {
    attributes[.stride] == nil
      ? [Int](repeating: 1, count: rank) : attributes.integers(.stride)
  }
}

extension Dim {
  /// Whether this is greater than `other` whatever the symbols are; what depends on them is checked
  /// once they have values.
  func isKnownToExceed(_ other: Dim) -> Bool {
    (self - other).constant.map { $0 > 0 } ?? false
  }
}

extension TapeBuilder {
  /// The positions `lower ..< upper` along one axis, and all along the others.
  package mutating func slice(
    _ value: Value, axis: Int, from lower: Dim, to upper: Dim
  ) throws(TapeError) -> Value {
    let shape = shape(of: value)
    if lower == 0, upper == shape[axis] { return value }
    var start = [Dim](repeating: 0, count: shape.rank)
    var limit = shape.dims
    start[axis] = lower
    limit[axis] = upper
    return try op(.slice, value, attributes: [.start: .dims(start), .limit: .dims(limit)])
  }
}
