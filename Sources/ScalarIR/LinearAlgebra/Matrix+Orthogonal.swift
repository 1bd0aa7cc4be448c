extension Matrix {
  /// The reduced factors q and r by Householder reflections (Golub and Van Loan, algorithm 5.2.1).
  func orthogonalTriangular() -> (q: Matrix, r: Matrix) {
    let least = min(rows, columns)
    guard isFinite else {
      let r = Matrix(rows: columns, columns: least, filledWith: .nan).withZerosAbove().transposed
      return (Matrix(rows: rows, columns: least, filledWith: .nan), r)
    }
    var (work, factor) = scaled
    var q = Matrix.identity(rows: rows, columns: least)
    var reflections: [(start: Int, vector: [Double])] = []
    for column in 0..<least {
      var vector = (column..<rows).map { work[$0, column] }
      guard vector.dropFirst().contains(where: { $0 != 0 }) else { continue }
      let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      vector[0] += vector[0] < 0 ? -norm : norm
      work.reflect(by: vector, from: column)
      reflections.append((column, vector))
    }
    for reflection in reflections.reversed() {
      q.reflect(by: reflection.vector, from: reflection.start)
    }
    var r = Matrix(rows: least, columns: columns, filledWith: 0)
    for row in 0..<least {
      for column in row..<columns { r[row, column] = work[row, column] * factor }
      if work[row, row] < 0 {
        r.negateRow(row)
        q.negateColumn(row)
      }
    }
    return (q, r)
  }

  /// Reflects the rows from `start` on: x − 2 · v · (vᵀ · x) / (vᵀ · v).
  private mutating func reflect(by vector: [Double], from start: Int) {
    let square = vector.reduce(0) { $0 + $1 * $1 }
    for column in 0..<columns {
      var product = 0.0
      for (row, entry) in vector.enumerated() { product += entry * self[start + row, column] }
      let scale = 2 * product / square
      for (row, entry) in vector.enumerated() { self[start + row, column] -= scale * entry }
    }
  }
}
