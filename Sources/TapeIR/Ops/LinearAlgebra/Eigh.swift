import ScalarIR

extension Op {
  /// The eigenvalues and eigenvectors of a symmetric matrix.
  package static let eigh: Op = matrixRoutine(
    .eigh, summary: "ascending w, orthonormal v with (x + xᵀ) / 2 · v = v · diag(w)",
    isSquare: true,
    constraints: ["C3 w has x's shape without its last axis, and type(v) = type(x)."],
    results: { rows, columns in [[rows], [rows, columns]] },
    gradient: { (builder, context) throws(TapeError) in
      // M. Giles, An extended collection of matrix derivative results, 2008, section 3.1: x̄ is the
      // symmetric part of v · (diag(w̄) + F∘(vᵀ · v̄)) · vᵀ, F[i,j] = 1 / (w[j] − w[i]), and 0 where
      // they are equal.
      let (w, v) = (context.results[0], context.results[1])
      let vt = try builder.transposedMatrices(v)
      var inner: Value?
      if let given = context.cotangents[0] { inner = try builder.diagonal(given, like: v) }
      if let given = context.cotangents[1] {
        let difference = try builder.op(
          .sub, builder.rows(w, like: v), builder.columns(w, like: v))
        let turned = try builder.op(
          .mul, builder.reciprocalOrZero(difference), builder.product(vt, given))
        if let sum = inner {
          inner = try builder.op(.add, sum, turned)
        } else {
          inner = turned
        }
      }
      guard let inner else { return [nil] }
      return [
        try builder.symmetricPart(builder.product(builder.product(v, inner), vt))
      ]
    })
}
