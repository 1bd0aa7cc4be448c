import ScalarIR

extension Op {
  /// A window of x that begins where rank-0 operands say, moved so that it fits.
  package static let dynamicSlice: Op = Op(
    "dynamic-slice", summary: "a window of x at a position that operands hold, moved to fit",
    kind: .indexing,
    constraints: [
      "C1 there is a start for each axis of x.",
      "C2 starts are integers of rank 0, of one element type.",
      "C3 :slice-sizes has an entry in 0 ... size for each axis of x.",
      "C4 y has x's element type and the shape :slice-sizes.",
    ],
    arity: .atLeast(1), attributes: [AttributeSpec(.sliceSizes, .dims)],
    literalTypes: startTypes(from: 1),
    infer: { (types, attributes) throws(ConstraintViolation) in
      try checkStarts("dynamic-slice", types[1...], of: types[0])
      let sizes = attributes.dims(.sliceSizes)
      try checkSliceSizes("dynamic-slice", sizes, of: types[0], constraint: "C3")
      return [TensorType(types[0].dtype, Shape(sizes))]
    },
    family: { _, attributes in
      .indexing(
        .gather(
          Gather(
            bounds: .clip, axes: windowAxes(attributes.dims(.sliceSizes), firstStart: 1))))
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      let none = [Value?](repeating: nil, count: context.operands.count - 1)
      guard let cotangent = context.cotangents[0] else { return [nil] + none }
      let zeros = try builder.splat(0, like: context.operands[0])
      let starts = Array(context.operands.dropFirst())
      return [try builder.apply(.dynamicUpdateSlice, [zeros, cotangent] + starts)[0]] + none
    })

  /// The type of starts that are literals.
  static func startTypes(from first: Int) -> [Int: DType] {
    Dictionary(uniqueKeysWithValues: (first..<(first + rankLimit)).map { ($0, DType.i32) })
  }

  /// Checks that there is an integer of rank 0 for each axis of x: C1 and C2.
  static func checkStarts(
    _ name: String, _ starts: ArraySlice<TensorType>, of x: TensorType
  ) throws(ConstraintViolation) {
    if starts.count != x.rank {
      throw ConstraintViolation(
        "C1", "\(name) of \(x) needs \(x.rank) starts, found \(starts.count)")
    }
    for start in starts
    where !start.dtype.isInteger || start.rank != 0 || start != starts[starts.startIndex] {
      throw ConstraintViolation(
        "C2",
        "\(name) needs starts that are integers of rank 0 and of one element type, "
          + "found \(TensorType.list(Array(starts)))")
    }
  }

  /// How a window is addressed whose starts are operands of their own.
  static func windowAxes(_ sizes: [Dim], firstStart: Int) -> [Indexing.Axis] {
    sizes.enumerated().map { axis, size in
      Indexing.Axis(
        coordinate: Movement.Coordinate(axis: axis),
        start: Indexing.Start(operand: firstStart + axis, coordinates: []), window: size)
    }
  }
}
