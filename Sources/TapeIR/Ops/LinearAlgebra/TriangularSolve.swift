import ScalarIR

extension Op {
  /// The solutions of systems with triangular matrices.
  package static let triangularSolve: Op = Op(
    "triangular-solve", summary: "y with op(a) · y = b, or y · op(a) = b",
    kind: .linearAlgebra,
    constraints: [
      "C1 a and b have f32 or f64 elements, and one element type, which is y's.",
      "C2 a and b have two axes or more, and the last two of a have one size.",
      "C3 a has as many rows as b has rows, or under :left false columns.",
      "C4 the axes of a and b before the last two are the same.",
      "C5 type(y) = type(b).",
    ],
    arity: .exactly(2),
    attributes: [
      AttributeSpec(.left, .boolean, isRequired: false, defaultFlag: true),
      AttributeSpec(.lower, .boolean, isRequired: false, defaultFlag: true),
      AttributeSpec(.transpose, .boolean, isRequired: false),
      AttributeSpec(.unitDiagonal, .boolean, isRequired: false),
    ],
    infer: { (types, attributes) throws(ConstraintViolation) in
      let (a, b) = (types[0], types[1])
      try checkMatrix("triangular-solve", a, isSquare: true)
      try checkMatrix("triangular-solve", b, isSquare: false)
      if a.dtype != b.dtype {
        throw ConstraintViolation(
          "C1", "triangular-solve needs one element type, found \(a) and \(b)")
      }
      let order = system(attributes).isLeft ? b.matrixSizes.rows : b.matrixSizes.columns
      if a.matrixSizes.rows != order {
        throw ConstraintViolation(
          "C3", "triangular-solve needs matrices a of order \(order), found \(a) for \(b)")
      }
      if a.shape.dims.dropLast(2) != b.shape.dims.dropLast(2) {
        throw ConstraintViolation(
          "C4", "triangular-solve needs the same leading axes, found \(a) and \(b)")
      }
      return [b]
    },
    family: { _, attributes in .linearAlgebra(.triangularSolve(system(attributes))) },
    gradient: .rule { (builder, context) throws(TapeError) in
      // With op(a) · y = b: b̄ = op(a)⁻ᵀ · ȳ, and op(a)'s cotangent is −b̄ · yᵀ.
      guard let cotangent = context.cotangents[0] else { return [nil, nil] }
      let system = system(context.attributes)
      var opposite = system
      opposite.isTransposed.toggle()
      let given = try builder.solve(context.operands[0], cotangent, opposite)
      guard context.isWanted[0] else { return [nil, given] }
      let y = context.results[0]
      let (left, right) = system.isLeft == system.isTransposed ? (y, given) : (given, y)
      let product =
        system.isLeft
        ? try builder.product(left, builder.transposedMatrices(right))
        : try builder.product(builder.transposedMatrices(left), right)
      let part: TapeBuilder.MatrixPart =
        switch (system.isLower, system.hasUnitDiagonal) {
        case (true, false): .lower
        case (true, true): .strictlyLower
        case (false, false): .upper
        case (false, true): .strictlyUpper
        }
      let inner = try builder.keeping(part, of: builder.op(.neg, product))
      return [inner, given]
    })

  private static func system(_ attributes: Attributes) -> TriangularSystem {
    TriangularSystem(
      isLeft: attributes.boolean(.left, default: true),
      isLower: attributes.boolean(.lower, default: true),
      isTransposed: attributes.boolean(.transpose),
      hasUnitDiagonal: attributes.boolean(.unitDiagonal))
  }
}
