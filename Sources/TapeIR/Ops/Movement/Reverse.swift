import ScalarIR

extension Op {
  /// The elements in opposite order along axes.
  package static let reverse: Op = Op(
    "reverse", summary: "elements in opposite order along axes",
    kind: .movement,
    constraints: ["C1 :axes are distinct axes of x.", "C2 type(y) = type(x)."],
    arity: .exactly(1), attributes: [AttributeSpec(.axes, .integers)],
    infer: { (types, attributes) throws(ConstraintViolation) in
      let axes = attributes.integers(.axes)
      if Set(axes).count != axes.count || !axes.allSatisfy(types[0].shape.dims.indices.contains) {
        throw ConstraintViolation(
          "C1",
          "reverse of \(types[0]) needs distinct axes in 0 ..< \(types[0].rank), found \(axes)")
      }
      return types
    },
    family: { types, attributes in
      let axes = attributes.integers(.axes)
      let coordinates = types[0].shape.dims.enumerated().map { axis, size in
        axes.contains(axis)
          ? Movement.Coordinate(axis: axis, stride: -1, offset: size - 1)
          : Movement.Coordinate(axis: axis)
      }
      return .movement(.mapped([Movement.Piece(operand: 0, coordinates: coordinates)]))
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      return [try builder.reverse(cotangent, axes: context.attributes.integers(.axes))]
    })
}

extension TapeBuilder {
  /// The value with the elements along the axes in opposite order.
  package mutating func reverse(_ value: Value, axes: [Int]) throws(TapeError) -> Value {
    if axes.isEmpty { return value }
    return try op(.reverse, value, attributes: [.axes: .integers(axes)])
  }
}
