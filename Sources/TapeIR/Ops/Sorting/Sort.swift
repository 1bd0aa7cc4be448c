import ScalarIR

extension Op {
  /// Tensors put in the order of the first `:keys` of them along an axis, stably.
  package static let sort: Op = Op(
    "sort", summary: "tensors in the order of the first of them along an axis; stable",
    kind: .sorting,
    constraints: [
      "C1 all operands have one shape.",
      "C2 :axis is an axis of it.",
      "C3 :keys is in 1 ... the number of operands; 1 without it.",
      "C4 the results have the operands' types.",
    ],
    arity: .atLeast(1),
    attributes: [
      AttributeSpec(.axis, .integer), AttributeSpec(.keys, .integer, isRequired: false),
      AttributeSpec(.descending, .boolean, isRequired: false),
    ],
    infer: { (types, attributes) throws(ConstraintViolation) in
      for type in types where type.shape != types[0].shape {
        throw ConstraintViolation(
          "C1", "sort needs operands of one shape, found \(types[0]) and \(type)")
      }
      try checkAxis("sort", attributes.integer(.axis), of: types[0], constraint: "C2")
      if !(1...types.count).contains(keyCount(attributes)) {
        throw ConstraintViolation(
          "C3",
          "sort of \(types.count) operand\(types.count == 1 ? "" : "s") needs :keys in "
            + "1 ... \(types.count), found \(keyCount(attributes))")
      }
      return types
    },
    family: { _, attributes in
      .sorting(
        Sorting(
          axis: attributes.integer(.axis), keyCount: keyCount(attributes),
          isDescending: attributes.boolean(.descending)))
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      let axis = context.attributes.integer(.axis)
      let shape = builder.shape(of: context.operands[0])
      let positions = try builder.op(
        .iota, attributes: [.type: .type(TensorType(.i64, shape)), .axis: .integer(axis)])
      let sorted = try builder.apply(.sort, context.operands + [positions], context.attributes)
      var cotangents: [Value?] = []
      for (number, cotangent) in context.cotangents.enumerated() {
        guard let cotangent, context.isWanted[number] else {
          cotangents.append(nil)
          continue
        }
        cotangents.append(
          try builder.spreadAlong(
            axis, cotangent, at: sorted[context.operands.count], to: shape))
      }
      return cotangents
    })

  private static func keyCount(_ attributes: Attributes) -> Int {
    attributes[.keys] == nil ? 1 : attributes.integer(.keys)
  }
}

extension TapeBuilder {
  /// Zeros of `shape`, but each element of `value` added at its own place along all axes but one,
  /// and along that where `positions`, which are in bounds, say.
  mutating func spreadAlong(
    _ axis: Int, _ value: Value, at positions: Value, to shape: Shape
  ) throws(TapeError) -> Value {
    let others = shape.dims.indices.filter { $0 != axis }
    let zeros = try splat(.zero(dtype(of: value)), shape)
    var attributes: Attributes = [
      .insertedWindowDims: .integers([axis]), .scatterDimsToOperandDims: .integers([axis]),
      .indexVectorDim: .integer(shape.rank), .combine: .word("add"), .mode: .word("clip"),
    ]
    if !others.isEmpty {
      attributes[.inputBatchingDims] = .integers(others)
      attributes[.scatterIndicesBatchingDims] = .integers(others)
    }
    return try apply(.scatter, [zeros, positions, value], attributes)[0]
  }
}
