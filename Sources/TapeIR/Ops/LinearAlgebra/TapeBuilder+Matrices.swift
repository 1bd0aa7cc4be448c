import ScalarIR

// What gradients of linear algebra are written with: matrices are the last two axes.

extension TapeBuilder {
  /// The matrices with rows and columns in each other's place.
  mutating func transposedMatrices(_ value: Value) throws(TapeError) -> Value {
    let rank = shape(of: value).rank
    return try transpose(value, axes: Array(0..<(rank - 2)) + [rank - 1, rank - 2])
  }

  /// The products of matrices.
  mutating func product(_ a: Value, _ b: Value) throws(TapeError) -> Value {
    try contract(
      a, b,
      Contraction(
        lhsBatch: Array(0..<(shape(of: a).rank - 2)), rhsBatch: Array(0..<(shape(of: b).rank - 2)),
        lhsContract: [shape(of: a).rank - 1], rhsContract: [shape(of: b).rank - 2]))
  }

  /// Which part of a matrix is meant.
  enum MatrixPart {
    case lower, strictlyLower, upper, strictlyUpper, diagonal
  }

  /// Where the positions of a value's matrices are in a part of them.
  mutating func isIn(_ part: MatrixPart, of value: Value) throws(TapeError) -> Value {
    let shape = shape(of: value)
    let type = TensorType(.i64, Shape(shape.dims.suffix(2)))
    let row = try op(.iota, attributes: [.type: .type(type), .axis: .integer(0)])
    let column = try op(.iota, attributes: [.type: .type(type), .axis: .integer(1)])
    let comparison: Op =
      switch part {
      case .lower: .ge
      case .strictlyLower: .gt
      case .upper: .le
      case .strictlyUpper: .lt
      case .diagonal: .eq
      }
    return try broadcast(op(comparison, row, column), to: shape)
  }

  /// The matrices with zeros outside of a part.
  mutating func keeping(_ part: MatrixPart, of value: Value) throws(TapeError) -> Value {
    try op(.select, isIn(part, of: value), value, splat(0, like: value))
  }

  /// The symmetric part, (x + xᵀ) / 2.
  mutating func symmetricPart(_ value: Value) throws(TapeError) -> Value {
    let sum = try op(.add, value, transposedMatrices(value))
    return try op(.mul, sum, splat(0.5, like: value))
  }

  /// Vectors repeated to matrices of which each row is the vector.
  mutating func rows(_ vectors: Value, like matrices: Value) throws(TapeError) -> Value {
    var shape = shape(of: vectors)
    shape.dims.insert(1, at: shape.rank - 1)
    return try broadcast(reshape(vectors, to: shape), to: self.shape(of: matrices))
  }

  /// Vectors repeated to matrices of which each column is the vector.
  mutating func columns(_ vectors: Value, like matrices: Value) throws(TapeError) -> Value {
    var shape = shape(of: vectors)
    shape.dims.append(1)
    return try broadcast(reshape(vectors, to: shape), to: self.shape(of: matrices))
  }

  /// Square matrices with the vectors on their diagonals, of the type of `like`.
  mutating func diagonal(_ vectors: Value, like: Value) throws(TapeError) -> Value {
    try keeping(.diagonal, of: rows(vectors, like: like))
  }

  /// 1 / x, and 0 where x is 0.
  mutating func reciprocalOrZero(_ value: Value) throws(TapeError) -> Value {
    let zero = try splat(0, like: value)
    let one = try splat(1, like: value)
    let isZero = try op(.eq, value, zero)
    let quotient = try op(.div, one, op(.select, isZero, one, value))
    return try op(.select, isZero, zero, quotient)
  }

  /// The solutions of triangular systems.
  mutating func solve(
    _ a: Value, _ b: Value, _ system: TriangularSystem
  ) throws(TapeError) -> Value {
    var attributes = Attributes.none
    if !system.isLeft { attributes[.left] = .boolean(false) }
    if !system.isLower { attributes[.lower] = .boolean(false) }
    if system.isTransposed { attributes[.transpose] = .boolean(true) }
    if system.hasUnitDiagonal { attributes[.unitDiagonal] = .boolean(true) }
    return try op(.triangularSolve, a, b, attributes: attributes)
  }
}
