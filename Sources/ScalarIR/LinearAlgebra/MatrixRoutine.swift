/// A routine of linear algebra: what matrices it makes of matrices.
///
/// Matrices are stored by rows. Where an operand holds NaN or an infinity, the results are NaN but for
/// the zeros that they always have.
package enum MatrixRoutine: Hashable, Sendable {
  /// The lower triangular l with l · lᵀ = (x + xᵀ) / 2, zero above; NaN where that is not positive
  /// definite.
  case cholesky
  /// The solution of a system with a triangular matrix; a zero on its diagonal gives infinities or NaN.
  case triangularSolve(TriangularSystem)
  /// Orthonormal columns q and an upper triangular r, its diagonal not negative, with q · r = x.
  case qr
  /// Orthonormal columns u, singular values s from the greatest down, and orthonormal rows vt with
  /// u · diag(s) · vt = x. The entry of largest magnitude in each column of u is positive.
  case svd
  /// Eigenvalues w of (x + xᵀ) / 2 from the least up, and orthonormal eigenvectors, the columns of v.
  /// The entry of largest magnitude in each column of v is positive.
  case eigh
}

/// Which part of a matrix a triangular system has, and which side it stands on.
package struct TriangularSystem: Hashable, Sendable {
  /// Whether the system is op(a) · y = b; else y · op(a) = b.
  package var isLeft: Bool
  /// Whether a's lower triangle counts; else its upper one. The other is not looked at.
  package var isLower: Bool
  /// Whether op(a) is a's transpose.
  package var isTransposed: Bool
  /// Whether a's diagonal counts as ones and is not looked at.
  package var hasUnitDiagonal: Bool

  package init(
    isLeft: Bool = true, isLower: Bool = true, isTransposed: Bool = false,
    hasUnitDiagonal: Bool = false
  ) {
    self.isLeft = isLeft
    self.isLower = isLower
    self.isTransposed = isTransposed
    self.hasUnitDiagonal = hasUnitDiagonal
  }
}

extension MatrixRoutine {
  /// Every routine, systems as they are without attributes.
  package static let all: [MatrixRoutine] = [
    .cholesky, .triangularSolve(TriangularSystem()), .qr, .svd, .eigh,
  ]

  /// The routine of that name.
  package init?(name: String) {
    guard let routine = MatrixRoutine.all.first(where: { $0.name == name }) else { return nil }
    self = routine
  }

  /// The name of its op.
  package var name: String {
    switch self {
    case .cholesky: "cholesky"
    case .triangularSolve: "triangular-solve"
    case .qr: "qr"
    case .svd: "svd"
    case .eigh: "eigh"
    }
  }

  package var operandCount: Int {
    switch self {
    case .triangularSolve: 2
    case .cholesky, .qr, .svd, .eigh: 1
    }
  }

  package var resultCount: Int {
    switch self {
    case .cholesky, .triangularSolve: 1
    case .qr, .eigh: 2
    case .svd: 3
    }
  }

  /// The elements of one matrix of each operand, then of each result.
  ///
  /// - Parameters:
  ///   - rows: of x, or of a triangular system's b.
  ///   - columns: likewise.
  package func elementCounts(rows: Int, columns: Int) -> [Int] {
    let least = min(rows, columns)
    switch self {
    case .cholesky: return [rows * rows, rows * rows]
    case .triangularSolve(let system):
      let order = system.isLeft ? rows : columns
      return [order * order, rows * columns, rows * columns]
    case .qr: return [rows * columns, rows * least, least * columns]
    case .svd: return [rows * columns, rows * least, least, least * columns]
    case .eigh: return [rows * rows, rows, rows * rows]
    }
  }

  /// The results for one matrix of each operand, by textbook algorithms in `f64`: the reference that
  /// others are held against.
  package func evaluate(_ operands: [[Double]], rows: Int, columns: Int) -> [[Double]] {
    let x = Matrix(rows: rows, columns: columns, elements: operands[operandCount - 1])
    switch self {
    case .triangularSolve(let system): return [system.solved(operands[0], x).elements]
    case .cholesky: return [x.choleskyFactor().elements]
    case .qr:
      let (q, r) = x.orthogonalTriangular()
      return [q.elements, r.elements]
    case .svd:
      let (u, s, vt) = x.singularValues()
      return [u.elements, s, vt.elements]
    case .eigh:
      let (w, v) = x.symmetricEigenvalues()
      return [w, v.elements]
    }
  }

  /// The results for operands of any floating type, matrix after matrix, as bit patterns; computed in
  /// `f64` and rounded once.
  package func evaluate(
    _ operands: [[UInt64]], _ dtype: DType, batch: Int, rows: Int, columns: Int
  ) -> [[UInt64]] {
    let counts = elementCounts(rows: rows, columns: columns)
    var results = [[UInt64]](repeating: [], count: resultCount)
    for entry in 0..<batch {
      let matrices = operands.enumerated().map { number, bits in
        bits[(entry * counts[number])..<((entry + 1) * counts[number])].map {
          ScalarValue(dtype, bits: $0).double
        }
      }
      let found = evaluate(matrices, rows: rows, columns: columns)
      for (number, elements) in found.enumerated() {
        results[number] += elements.map { ScalarValue(dtype, rounding: $0).bits }
      }
    }
    return results
  }
}
