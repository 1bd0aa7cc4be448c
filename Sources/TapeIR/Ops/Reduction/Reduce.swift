import ScalarIR

extension Op {
  /// A reduction by any associative function of scalars, of several operands at once.
  package static let reduce = Op(
    "reduce", summary: "reduction along axes by :body, from initial values",
    kind: .fold,
    constraints: [
      "C1 x… are half of the operands, at least one, and of one shape.",
      "C2 inits are the other half, of rank 0 and the element types of x….",
      "C3 :axes are distinct axes of x….",
      "C4 :body takes and gives one value of rank 0 for each of x…: it takes what has been combined "
        + "before, then elements, and is associative.",
      "C5 :body is made of elementwise ops, constants and choices between such bodies.",
      "C6 y… have x…'s element types and their shape without :axes.",
    ],
    arity: .atLeast(2),
    attributes: [AttributeSpec(.axes, .integers), AttributeSpec(.body, .tape)],
    literalRule: { number, operands, _ in
      let half = operands.count / 2
      return number >= half ? operands[number - half] : nil
    },
    infer: { (types, attributes) throws(ConstraintViolation) in
      let body = try requiredBody("reduce", .body, attributes)
      let count = types.count / 2
      let (xs, inits) = (Array(types[..<count]), Array(types[count...]))
      guard types.count == 2 * count, xs.allSatisfy({ $0.shape == xs[0].shape }) else {
        throw ConstraintViolation(
          "C1",
          "reduce needs operands of one shape and as many initial values, "
            + "found \(TensorType.list(types))")
      }
      let states = xs.map { TensorType($0.dtype, .scalar) }
      guard inits == states else {
        throw ConstraintViolation(
          "C2",
          "reduce of \(TensorType.list(xs)) needs the initial values "
            + "\(TensorType.list(states)), found \(TensorType.list(inits))")
      }
      let axes = attributes.integers(.axes)
      if Set(axes).count != axes.count || !axes.allSatisfy(xs[0].shape.dims.indices.contains) {
        throw ConstraintViolation(
          "C3", "reduce of \(xs[0]) needs distinct axes in 0 ..< \(xs[0].rank), found \(axes)")
      }
      try checkParameters("reduce", .body, body, states + states, constraint: "C4")
      try checkResults("reduce", .body, body, states, constraint: "C4")
      if let obstacle = body.scalarObstacle {
        throw ConstraintViolation(
          "C5", "reduce needs a :body of elementwise ops on values of rank 0, found \(obstacle)")
      }
      let shape = reducedShape(xs[0].shape, axes: axes, keepsAxes: false)
      return xs.map { TensorType($0.dtype, shape) }
    },
    family: { types, attributes in
      let states = types.prefix(types.count / 2).map(\.dtype)
      let step = attributes.body(.body).map(ScalarExpr.init) ?? ScalarExpr(states) { _, all in all }
      return .fold(Fold(step: step, axes: attributes.integers(.axes).sorted()))
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      try reduceGradient(&builder, context)
    })
}
