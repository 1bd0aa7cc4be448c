import ScalarIR

extension Op {
  /// Axes in another order: axis i of the result is axis `:axes[i]` of the operand.
  package static let transpose: Op = Op(
    "transpose", summary: "axes in another order",
    kind: .movement,
    constraints: [
      "C1 :axes is a permutation of the axes of x.",
      "C2 axis i of y is axis :axes[i] of x.",
    ],
    arity: .exactly(1), attributes: [AttributeSpec(.axes, .integers)],
    infer: { (types, attributes) throws(ConstraintViolation) in
      let axes = attributes.integers(.axes)
      if axes.sorted() != Array(0..<types[0].rank) {
        throw ConstraintViolation(
          "C1", "transpose of \(types[0]) needs a permutation of its axes, found \(axes)")
      }
      return [TensorType(types[0].dtype, Shape(axes.map { types[0].shape[$0] }))]
    },
    family: { types, attributes in
      let axes = attributes.integers(.axes)
      let coordinates = axes.indices.map { Movement.Coordinate(axis: axes.firstIndex(of: $0)) }
      return .movement(.mapped([Movement.Piece(operand: 0, coordinates: coordinates)]))
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let axes = context.attributes.integers(.axes)
      let inverse = axes.indices.compactMap { axes.firstIndex(of: $0) }
      return [try builder.transpose(cotangent, axes: inverse)]
    })
}
