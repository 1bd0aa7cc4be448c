/// A matrix of `f64`, by rows: what the reference algorithms of linear algebra work on.
struct Matrix {
  let rows: Int
  let columns: Int
  var elements: [Double]

  init(rows: Int, columns: Int, elements: [Double]) {
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  init(rows: Int, columns: Int, filledWith value: Double) {
    self.init(
      rows: rows, columns: columns, elements: [Double](repeating: value, count: rows * columns))
  }

  static func identity(rows: Int, columns: Int) -> Matrix {
    var result = Matrix(rows: rows, columns: columns, filledWith: 0)
    for index in 0..<min(rows, columns) { result[index, index] = 1 }
    return result
  }

  subscript(row: Int, column: Int) -> Double {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  var isFinite: Bool { elements.allSatisfy(\.isFinite) }

  var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows, filledWith: 0)
    for row in 0..<rows {
      for column in 0..<columns { result[column, row] = self[row, column] }
    }
    return result
  }

  /// (x + xᵀ) / 2.
  var symmetric: Matrix {
    var result = self
    for row in 0..<rows {
      for column in 0..<columns {
        result[row, column] = 0.5 * self[row, column] + 0.5 * self[column, row]
      }
    }
    return result
  }

  /// The matrix times a power of two that brings its greatest magnitude near 1, so that squares neither
  /// overflow nor vanish; and the factor that undoes it.
  var scaled: (matrix: Matrix, factor: Double) {
    guard let greatest = elements.lazy.map(\.magnitude).max(), greatest > 0, greatest.isFinite
    else { return (self, 1) }
    let exponent = greatest.exponent
    var result = self
    for index in elements.indices {
      result.elements[index] = Double(
        sign: .plus, exponent: -Int(exponent), significand: elements[index])
    }
    return (result, Double(sign: .plus, exponent: exponent, significand: 1))
  }

  /// The matrix with zeros above its diagonal.
  func withZerosAbove() -> Matrix {
    var result = self
    for row in 0..<rows {
      for column in 0..<columns where column > row { result[row, column] = 0 }
    }
    return result
  }

  /// For each column whether its entry of largest magnitude is negative. Entries that are as large but
  /// for rounding count as equal, and the first of them decides.
  func negativeColumns(epsilon: Double = .ulpOfOne) -> [Bool] {
    (0..<columns).map { column in
      let entries = (0..<rows).map { self[$0, column] }
      let greatest = entries.lazy.map(\.magnitude).max() ?? 0
      let first = entries.first { $0.magnitude >= greatest * (1 - 64 * epsilon) }
      return (first ?? 0) < 0
    }
  }

  mutating func negateColumn(_ column: Int) {
    for row in 0..<rows { self[row, column].negate() }
  }

  mutating func negateRow(_ row: Int) {
    for column in 0..<columns { self[row, column].negate() }
  }

  /// The matrix with columns in another order.
  func takingColumns(_ order: [Int]) -> Matrix {
    var result = Matrix(rows: rows, columns: order.count, filledWith: 0)
    for row in 0..<rows {
      for (target, source) in order.enumerated() { result[row, target] = self[row, source] }
    }
    return result
  }

  /// Columns p and q turned: (c·p − s·q, s·p + c·q).
  mutating func rotateColumns(_ p: Int, _ q: Int, cosine: Double, sine: Double) {
    for row in 0..<rows {
      let (a, b) = (self[row, p], self[row, q])
      self[row, p] = cosine * a - sine * b
      self[row, q] = sine * a + cosine * b
    }
  }
}
