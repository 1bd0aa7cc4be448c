import ScalarIR

extension Op {
  /// Tensors joined along an axis, in order.
  package static let concat: Op = Op(
    "concat", summary: "tensors joined along an axis",
    kind: .movement,
    constraints: [
      "C1 all operands have one element type.",
      "C2 :axis is an axis of the operands, which have one rank.",
      "C3 the operands' sizes agree on all other axes.",
      "C4 y's size along :axis is the sum of the operands'.",
    ],
    arity: .atLeast(1), attributes: [AttributeSpec(.axis, .integer)],
    infer: { (types, attributes) throws(ConstraintViolation) in
      let (first, axis) = (types[0], attributes.integer(.axis))
      for type in types.dropFirst() where type.dtype != first.dtype {
        throw ConstraintViolation(
          "C1", "concat needs operands of one element type, found \(first) and \(type)")
      }
      for type in types.dropFirst() where type.rank != first.rank {
        throw ConstraintViolation(
          "C2", "concat needs operands of one rank, found \(first) and \(type)")
      }
      try checkAxis("concat", axis, of: first, constraint: "C2")
      var shape = first.shape
      for type in types.dropFirst() {
        for other in shape.dims.indices where other != axis && type.shape[other] != shape[other] {
          throw ConstraintViolation(
            "C3",
            "concat along axis \(axis) needs operands of one size along axis \(other), "
              + "found \(first) and \(type)")
        }
        shape[axis] = shape[axis] + type.shape[axis]
      }
      return [TensorType(first.dtype, shape)]
    },
    family: { types, attributes in
      let axis = attributes.integer(.axis)
      let offsets = concatOffsets(types, axis: axis)
      return .movement(
        .mapped(
          types.indices.map { number in
            Movement.Piece(
              operand: number,
              coordinates: types[number].shape.dims.indices.map {
                Movement.Coordinate(axis: $0, offset: $0 == axis ? 0 - offsets[number] : 0)
              },
              domains: [
                Movement.Domain(axis: axis, lower: offsets[number], upper: offsets[number + 1])
              ])
          }))
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      let none = [Value?](repeating: nil, count: context.operands.count)
      guard let cotangent = context.cotangents[0] else { return none }
      let axis = context.attributes.integer(.axis)
      let offsets = concatOffsets(context.operands.map(builder.type(of:)), axis: axis)
      var cotangents = none
      for number in context.operands.indices where context.isWanted[number] {
        cotangents[number] = try builder.slice(
          cotangent, axis: axis, from: offsets[number], to: offsets[number + 1])
      }
      return cotangents
    })

  /// Where along the result's axis each operand begins, and where the last one ends.
  private static func concatOffsets(_ types: [TensorType], axis: Int) -> [Dim] {
    types.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.shape[axis]) }
  }
}

extension TapeBuilder {
  /// The values joined along an axis; those of constant size 0 are left out.
  package mutating func concat(_ values: [Value], axis: Int) throws(TapeError) -> Value {
    let filled = values.filter { shape(of: $0)[axis] != 0 }
    if filled.count == 1 { return filled[0] }
    return try apply(.concat, filled.isEmpty ? values : filled, [.axis: .integer(axis)])[0]
  }
}
