import ScalarIR

extension Op {
  /// The lower triangular factor of a symmetric positive definite matrix.
  package static let cholesky: Op = matrixRoutine(
    .cholesky, summary: "lower triangular l with l · lᵀ = (x + xᵀ) / 2", isSquare: true,
    constraints: ["C3 type(l) = type(x)."],
    results: { rows, columns in [[rows, columns]] },
    gradient: { (builder, context) throws(TapeError) in
      // I. Murray, Differentiation of the Cholesky decomposition, 2016, equation (10):
      // x̄ = sym(l⁻ᵀ · Φ(lᵀ · l̄) · l⁻¹), Φ keeping the lower triangle with half the diagonal.
      guard let given = context.cotangents[0] else { return [nil] }
      let l = context.results[0]
      let cotangent = try builder.keeping(.lower, of: given)
      let product = try builder.product(builder.transposedMatrices(l), cotangent)
      let half = try builder.op(.mul, product, builder.splat(0.5, like: product))
      let inner = try builder.op(
        .select, builder.isIn(.diagonal, of: product), half,
        builder.keeping(.strictlyLower, of: product))
      let left = try builder.solve(l, inner, TriangularSystem(isTransposed: true))
      let both = try builder.solve(l, left, TriangularSystem(isLeft: false))
      return [try builder.symmetricPart(both)]
    })
}
