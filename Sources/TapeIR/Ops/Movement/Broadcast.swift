import ScalarIR

extension Op {
  /// Elements repeated along new axes and along axes of size 1.
  package static let broadcast: Op = Op(
    "broadcast", summary: "elements repeated along axes",
    kind: .movement,
    constraints: [
      "C1 :axes names a distinct axis of y for each axis of x; without it the last ones, in order.",
      "C2 each size of x is 1 or that of its axis of y.",
      "C3 shape(y) = :shape.",
    ],
    arity: .exactly(1),
    attributes: [AttributeSpec(.shape, .dims), AttributeSpec(.axes, .integers, isRequired: false)],
    infer: { (types, attributes) throws(ConstraintViolation) in
      let shape = Shape(attributes.dims(.shape))
      let axes = broadcastAxes(types[0].shape, shape, attributes)
      if axes.count != types[0].rank || Set(axes).count != axes.count
        || !axes.allSatisfy(shape.dims.indices.contains)
      {
        throw ConstraintViolation(
          "C1",
          "broadcast of \(types[0]) to \(shape) needs \(types[0].rank) distinct axes "
            + "of the result, found \(axes)")
      }
      for (axis, size) in zip(axes, types[0].shape.dims) where size != 1 && size != shape[axis] {
        throw ConstraintViolation(
          "C2", "broadcast needs sizes that are 1 or the result's, found \(types[0]) to \(shape)")
      }
      return [TensorType(types[0].dtype, shape)]
    },
    family: { types, attributes in
      let shape = Shape(attributes.dims(.shape))
      let axes = broadcastAxes(types[0].shape, shape, attributes)
      let coordinates = zip(axes, types[0].shape.dims).map { axis, size in
        Movement.Coordinate(axis: size == shape[axis] ? axis : nil)
      }
      return .movement(.mapped([Movement.Piece(operand: 0, coordinates: coordinates)]))
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let source = builder.shape(of: context.operands[0])
      let target = builder.shape(of: cotangent)
      let axes = broadcastAxes(source, target, context.attributes)
      let repeated = target.dims.indices.filter { axis in
        axes.firstIndex(of: axis).map { source[$0] != target[axis] } ?? true
      }
      let sum = try builder.sum(cotangent, axes: repeated)
      // What is left are the axes that were not repeated, in the order of the result's axes.
      let kept = axes.indices.filter { source[$0] == target[axes[$0]] }
      let inResultOrder = kept.sorted { axes[$0] < axes[$1] }
      let permutation = kept.compactMap { inResultOrder.firstIndex(of: $0) }
      return [try builder.reshape(builder.transpose(sum, axes: permutation), to: source)]
    })

  /// For each axis of the operand, its axis of the result.
  private static func broadcastAxes(
    _ source: Shape, _ target: Shape, _ attributes: Attributes
  ) -> [Int] {
    if attributes[.axes] != nil { return attributes.integers(.axes) }
    return source.dims.indices.map { target.rank - source.rank + $0 }
  }
}
