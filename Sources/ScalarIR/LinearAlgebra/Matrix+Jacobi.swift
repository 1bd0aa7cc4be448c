// Jacobi's methods turn pairs of columns until all are orthogonal, or pairs of rows and columns until
// the matrix is diagonal. They are slow, short and accurate (Golub and Van Loan, sections 8.5, 8.6).

extension Matrix {
  /// Rounds over all pairs; convergence is quadratic, and a dozen is plenty.
  private static let greatestRoundCount = 60

  /// The reduced factors of the singular value decomposition, by one-sided Jacobi.
  func singularValues() -> (u: Matrix, s: [Double], vt: Matrix) {
    let least = min(rows, columns)
    guard isFinite else {
      return (
        Matrix(rows: rows, columns: least, filledWith: .nan),
        [Double](repeating: .nan, count: least),
        Matrix(rows: least, columns: columns, filledWith: .nan)
      )
    }
    let (matrix, factor) = scaled
    var (left, norms, right) = (rows < columns ? matrix.transposed : matrix).orthogonalized()
    if rows < columns { swap(&left, &right) }
    for (column, isNegative) in left.negativeColumns().enumerated() where isNegative {
      left.negateColumn(column)
      right.negateColumn(column)
    }
    return (left, norms.map { $0 * factor }, right.transposed)
  }

  /// For at least as many rows as columns: left, norms and right with left · diag(norms) · rightᵀ = x,
  /// norms from the greatest down.
  private func orthogonalized() -> (left: Matrix, norms: [Double], right: Matrix) {
    var left = self
    var right = Matrix.identity(rows: columns, columns: columns)
    for _ in 0..<Matrix.greatestRoundCount {
      var isDone = true
      for p in 0..<columns {
        for q in (p + 1)..<max(p + 1, columns) {
          let (a, b, c) = (left.product(p, p), left.product(q, q), left.product(p, q))
          guard c.magnitude > Double.ulpOfOne * (a * b).squareRoot(), c != 0 else { continue }
          isDone = false
          let (cosine, sine) = Matrix.rotation(difference: b - a, product: c)
          left.rotateColumns(p, q, cosine: cosine, sine: sine)
          right.rotateColumns(p, q, cosine: cosine, sine: sine)
        }
      }
      if isDone { break }
    }
    let norms = (0..<columns).map { left.product($0, $0).squareRoot() }
    let order = (0..<columns).sorted { (norms[$0], $1) > (norms[$1], $0) }
    left = left.takingColumns(order)
    let sorted = order.map { norms[$0] }
    // Columns that are zero but for rounding have no direction of their own.
    let least = (sorted.first ?? 0) * Double.ulpOfOne * Double(max(rows, columns))
    for column in 0..<columns {
      if sorted[column] > least {
        for row in 0..<rows { left[row, column] /= sorted[column] }
      } else {
        left.completeColumn(column)
      }
    }
    return (left, sorted, right.takingColumns(order))
  }

  private func product(_ p: Int, _ q: Int) -> Double {
    (0..<rows).reduce(0) { $0 + self[$1, p] * self[$1, q] }
  }

  /// Puts a unit vector that is orthogonal to all columns before it in a column's place: what is left
  /// of the first axis of which enough is left.
  private mutating func completeColumn(_ column: Int) {
    for axis in 0..<rows {
      for row in 0..<rows { self[row, column] = row == axis ? 1 : 0 }
      // Twice, as once leaves rounding errors of what was large.
      for other in [Int](0..<column) + [Int](0..<column) {
        let part = product(other, column)
        for row in 0..<rows { self[row, column] -= part * self[row, other] }
      }
      let norm = product(column, column).squareRoot()
      guard norm * norm * Double(2 * rows) >= 1 else { continue }
      for row in 0..<rows { self[row, column] /= norm }
      return
    }
  }

  /// The rotation that makes two columns (or a pair of rows and columns) orthogonal.
  private static func rotation(
    difference: Double, product: Double
  ) -> (cosine: Double, sine: Double) {
    let zeta = difference / (2 * product)
    let tangent = (zeta < 0 ? -1 : 1) / (zeta.magnitude + (1 + zeta * zeta).squareRoot())
    let cosine = 1 / (1 + tangent * tangent).squareRoot()
    return (cosine, cosine * tangent)
  }

  /// Eigenvalues and eigenvectors of the symmetric part, by cyclic Jacobi.
  func symmetricEigenvalues() -> (w: [Double], v: Matrix) {
    guard isFinite else {
      return (
        [Double](repeating: .nan, count: rows),
        Matrix(rows: rows, columns: rows, filledWith: .nan)
      )
    }
    var (work, factor) = symmetric.scaled
    var v = Matrix.identity(rows: rows, columns: rows)
    for _ in 0..<Matrix.greatestRoundCount {
      var isDone = true
      for p in 0..<rows {
        for q in (p + 1)..<max(p + 1, rows) {
          let entry = work[p, q]
          let size = (work[p, p] * work[q, q]).magnitude.squareRoot()
          guard entry.magnitude > 0x1p-56 * size, entry.magnitude > 0x1p-200 else { continue }
          isDone = false
          let (cosine, sine) = Matrix.rotation(
            difference: work[q, q] - work[p, p], product: entry)
          work.rotateColumns(p, q, cosine: cosine, sine: sine)
          work = work.transposed
          work.rotateColumns(p, q, cosine: cosine, sine: sine)
          work[p, q] = 0
          work[q, p] = 0
          v.rotateColumns(p, q, cosine: cosine, sine: sine)
        }
      }
      if isDone { break }
    }
    let order = (0..<rows).sorted { (work[$0, $0], $0) < (work[$1, $1], $1) }
    v = v.takingColumns(order)
    for (column, isNegative) in v.negativeColumns().enumerated() where isNegative {
      v.negateColumn(column)
    }
    return (order.map { work[$0, $0] * factor }, v)
  }
}
