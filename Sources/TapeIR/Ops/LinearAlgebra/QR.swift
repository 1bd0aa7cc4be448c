import ScalarIR

extension Op {
  /// The reduced factors of a matrix: orthonormal columns and an upper triangular matrix.
  package static let qr: Op = matrixRoutine(
    .qr, summary: "orthonormal q, upper triangular r with q · r = x; reduced",
    constraints: [
      "C3 q has x's rows and as many columns as the fewer of x's rows and columns.",
      "C4 r has as many rows as q has columns, and x's columns.",
    ],
    results: { rows, columns in
      let least = Dim.minimum(rows, columns)
      return [[rows, least], [least, columns]]
    },
    gradient: { (builder, context) throws(TapeError) in
      let (x, q, r) = (context.operands[0], context.results[0], context.results[1])
      let (rows, columns) = builder.type(of: x).matrixSizes
      let (zeroQ, zeroR) = (try builder.splat(0, like: q), try builder.splat(0, like: r))
      let givenQ = context.cotangents[0] ?? zeroQ
      let givenR = context.cotangents[1] ?? zeroR
      let least = builder.type(of: r).matrixSizes.rows
      if least == columns {
        return [try builder.factorCotangent(q, r, givenQ, givenR)]
      }
      guard least == rows else {
        throw .gradient(
          "the gradient of qr needs to know which of \(builder.type(of: x))'s last axes is "
            + "longer", provenance: builder.provenance)
      }
      // More columns than rows: x = [x₁ x₂] with x₁ = q · r₁ square, and r₂ = qᵀ · x₂.
      let axis = builder.shape(of: x).rank - 1
      let second = try builder.slice(x, axis: axis, from: rows, to: columns)
      let givenFirst = try builder.slice(givenR, axis: axis, from: 0, to: rows)
      let givenSecond = try builder.slice(givenR, axis: axis, from: rows, to: columns)
      let throughSecond = try builder.product(second, builder.transposedMatrices(givenSecond))
      let first = try builder.factorCotangent(
        q, builder.slice(r, axis: axis, from: 0, to: rows),
        builder.op(.add, givenQ, throughSecond), givenFirst)
      return [try builder.concat([first, builder.product(q, givenSecond)], axis: axis)]
    })
}

extension TapeBuilder {
  /// The cotangent of q · r for at least as many rows as columns, from those of q and r: with
  /// m = r · r̄ᵀ − q̄ᵀ · q, (q̄ + q · s) · r⁻ᵀ where s is symmetric with m's lower triangle (Walter and
  /// Lehmann, Algorithmic differentiation of linear algebra functions, 2010).
  fileprivate mutating func factorCotangent(
    _ q: Value, _ r: Value, _ givenQ: Value, _ givenR: Value
  ) throws(TapeError) -> Value {
    let m = try op(
      .sub, product(r, transposedMatrices(givenR)), product(transposedMatrices(givenQ), q))
    let strict = try keeping(.strictlyLower, of: m)
    let symmetric = try op(.add, keeping(.lower, of: m), transposedMatrices(strict))
    let sum = try op(.add, givenQ, product(q, symmetric))
    return try solve(
      r, sum, TriangularSystem(isLeft: false, isLower: false, isTransposed: true))
  }
}
