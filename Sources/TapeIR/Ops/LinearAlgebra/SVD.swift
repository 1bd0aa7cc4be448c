import ScalarIR

extension Op {
  /// The reduced singular value decomposition of a matrix.
  package static let svd: Op = matrixRoutine(
    .svd, summary: "orthonormal u and vt, descending s with u · diag(s) · vt = x; reduced",
    constraints: [
      "C3 u has x's rows and as many columns as the fewer of x's rows and columns.",
      "C4 s has as many elements as u has columns, and vt as many rows, and x's columns.",
    ],
    results: { rows, columns in
      let least = Dim.minimum(rows, columns)
      return [[rows, least], [least], [least, columns]]
    },
    gradient: { (builder, context) throws(TapeError) in
      // J. Townsend, Differentiating the singular value decomposition, 2016. With F[i,j] =
      // 1 / (s[j]² − s[i]²), and 0 where they are equal,
      //   x̄ = u · (F∘(uᵀū − ūᵀu) · S + S · F∘(vᵀv̄ − v̄ᵀv) + diag(s̄)) · vᵀ
      //     + (1 − uuᵀ) · ū · S⁻¹ · vᵀ + u · S⁻¹ · v̄ᵀ · (1 − vvᵀ).
      let (u, s, vt) = (context.results[0], context.results[1], context.results[2])
      let (ut, v) = (
        try builder.transposedMatrices(u), try builder.transposedMatrices(vt)
      )
      let (rows, columns) = builder.type(of: context.operands[0]).matrixSizes
      let square = try builder.product(ut, u)
      var inner: Value?
      var others: Value?
      func add(_ term: Value, to sum: Value?, _ builder: inout TapeBuilder) throws(TapeError)
        -> Value
      {
        guard let sum else { return term }
        return try builder.op(.add, sum, term)
      }
      if let given = context.cotangents[1] {
        inner = try builder.diagonal(given, like: square)
      }
      if let given = context.cotangents[0] {
        let turned = try builder.rotation(builder.product(ut, given), squares: s)
        let scaled = try builder.op(.mul, turned, builder.rows(s, like: square))
        inner = try add(scaled, to: inner, &builder)
        if rows != columns {
          let divided = try builder.op(
            .mul, given, builder.rows(builder.reciprocalOrZero(s), like: given))
          let inside = try builder.product(u, builder.product(ut, divided))
          others = try builder.product(builder.op(.sub, divided, inside), vt)
        }
      }
      if let given = context.cotangents[2] {
        let transposed = try builder.transposedMatrices(given)
        let turned = try builder.rotation(builder.product(vt, transposed), squares: s)
        let scaled = try builder.op(.mul, turned, builder.columns(s, like: square))
        inner = try add(scaled, to: inner, &builder)
        if rows != columns {
          let divided = try builder.op(
            .mul, given, builder.columns(builder.reciprocalOrZero(s), like: given))
          let inside = try builder.product(builder.product(divided, v), vt)
          let outside = try builder.product(u, builder.op(.sub, divided, inside))
          others = try add(outside, to: others, &builder)
        }
      }
      guard let inner else { return [nil] }
      let product = try builder.product(builder.product(u, inner), vt)
      return [try add(product, to: others, &builder)]
    })
}

extension TapeBuilder {
  /// F∘(p − pᵀ), where F[i,j] = 1 / (s[j]² − s[i]²), and 0 where these are equal.
  fileprivate mutating func rotation(_ p: Value, squares s: Value) throws(TapeError) -> Value {
    let (byColumn, byRow) = (try rows(s, like: p), try columns(s, like: p))
    let difference = try op(
      .mul, op(.sub, byColumn, byRow), op(.add, byColumn, byRow))
    return try op(
      .mul, reciprocalOrZero(difference), op(.sub, p, transposedMatrices(p)))
  }
}
