extension TriangularSystem {
  /// The solution by substitution.
  func solved(_ elements: [Double], _ b: Matrix) -> Matrix {
    // y · op(a) = b is op(a)ᵀ · yᵀ = bᵀ.
    if !isLeft {
      var system = self
      system.isLeft = true
      system.isTransposed.toggle()
      return system.solved(elements, b.transposed).transposed
    }
    let order = b.rows
    let a = Matrix(rows: order, columns: order, elements: elements)
    let isForward = isLower != isTransposed
    var y = b
    for column in 0..<b.columns {
      for step in 0..<order {
        let row = isForward ? step : order - 1 - step
        var sum = y[row, column]
        for other in isForward ? 0..<row : (row + 1)..<order {
          sum -= (isTransposed ? a[other, row] : a[row, other]) * y[other, column]
        }
        y[row, column] = hasUnitDiagonal ? sum : sum / a[row, row]
      }
    }
    return y
  }
}

extension Matrix {
  /// The lower factor of the symmetric part, column by column (Golub and Van Loan, Matrix
  /// Computations, algorithm 4.2.1).
  func choleskyFactor() -> Matrix {
    var l = symmetric
    for column in 0..<columns {
      var pivot = l[column, column]
      for k in 0..<column { pivot -= l[column, k] * l[column, k] }
      guard pivot > 0, pivot.isFinite else {
        return Matrix(rows: rows, columns: columns, filledWith: .nan).withZerosAbove()
      }
      l[column, column] = pivot.squareRoot()
      for row in (column + 1)..<max(column + 1, rows) {
        var sum = l[row, column]
        for k in 0..<column { sum -= l[row, k] * l[column, k] }
        l[row, column] = sum / l[column, column]
      }
    }
    guard l.isFinite else {
      return Matrix(rows: rows, columns: columns, filledWith: .nan).withZerosAbove()
    }
    return l.withZerosAbove()
  }
}
