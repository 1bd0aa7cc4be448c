import ScalarIR
import TapeIR

// Linear algebra on matrices, the last two axes; the axes before them batch. Elements are `f32` or
// `f64`; other types, and sizes that do not fit, make tensors that carry the error. Where a matrix holds
// NaN or an infinity, so do results, of that matrix alone. LAPACK computes the factors on the CPU, so
// their last bits are its own.

extension Tensor {
  /// The lower triangular l with l · lᵀ = (x + xᵀ) / 2, which is x if that is symmetric; NaN where this
  /// is not positive definite.
  public func cholesky() -> Tensor { Tensor.apply(.cholesky, self) }

  /// Orthonormal columns q and an upper triangular r with q · r = x; r's diagonal is not negative.
  ///
  /// Reduced: of m × n, q is m × k and r k × n with k the lesser of m and n. Differentiable at full rank.
  public func qr() -> (q: Tensor, r: Tensor) {
    let results = Tensor.factors(.qr, self, count: 2)
    return (results[0], results[1])
  }

  /// Orthonormal columns u, singular values s from the greatest down and orthonormal rows vt with
  /// u · diag(s) · vt = x. The entry of largest magnitude in each column of u is positive.
  ///
  /// Reduced: of m × n, u is m × k, s has k elements and vt is k × n, with k the lesser of m and n. At
  /// equal singular values, gradients through u and vt leave out how their vectors turn among each other.
  public func svd() -> (u: Tensor, s: Tensor, vt: Tensor) {
    let results = Tensor.factors(.svd, self, count: 3)
    return (results[0], results[1], results[2])
  }

  /// Eigenvalues w of (x + xᵀ) / 2 from the least up, and orthonormal eigenvectors, the columns of v. The
  /// entry of largest magnitude in each column of v is positive.
  ///
  /// At equal eigenvalues, gradients through v leave out how their vectors turn among each other.
  public func eigh() -> (w: Tensor, v: Tensor) {
    let results = Tensor.factors(.eigh, self, count: 2)
    return (results[0], results[1])
  }

  /// The solution y of a · y = b for this triangular a, or of aᵀ · y = b where `transposed`.
  ///
  /// Only the lower triangle is looked at, or the upper one where `lower` is false; with a unit diagonal
  /// the diagonal counts as ones. A zero on the diagonal gives infinities or NaN. Leading axes broadcast.
  public func triangularSolve(
    _ b: Tensor, lower: Bool = true, transposed: Bool = false, unitDiagonal: Bool = false
  ) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let (a, b) = try Tensor.batchedTogether(self, b, "triangular-solve")
      var attributes = Attributes.none
      if !lower { attributes[.lower] = .boolean(false) }
      if transposed { attributes[.transpose] = .boolean(true) }
      if unitDiagonal { attributes[.unitDiagonal] = .boolean(true) }
      return Tensor.apply(.triangularSolve, a, b, attributes: attributes)
    }
  }

  /// The solution y of x · y = b for this square x; b is a vector or holds matrices, as in NumPy.
  ///
  /// By the factors q · r, which is as accurate as elimination with pivots: the residual is some units in
  /// the last place of |x| · |y|. Singular matrices give infinities, NaN or very large numbers.
  public func solve(_ b: Tensor) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      try checkSquare("solve")
      if try b.rank == 1 { return solve(b.expandingDims(at: 1)).squeezed(-1) }
      let (q, r) = qr()
      return r.triangularSolve(q.swappingAxes(-2, -1).matmul(b), lower: false)
    }
  }

  /// The inverse of this square matrix: the solution for the identity, as `solve` finds it.
  public func inverse() -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      try checkSquare("inverse")
      let (q, r) = qr()
      return r.triangularSolve(q.swappingAxes(-2, -1), lower: false)
    }
  }

  /// The determinant of this square matrix: the product of r's diagonal in q · r, with the sign of q.
  ///
  /// Relative errors are some units in the last place times the order and the condition number. It may
  /// overflow or vanish where `logDeterminant` does not. Differentiable where it is not 0.
  public func determinant() -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      try checkSquare("determinant")
      let (q, r) = qr()
      return q.orthogonalSign(order: try shape[rank - 1])
        * r.matrixDiagonal().productOfLastAxis(try shape[rank - 1])
    }
  }

  /// The natural logarithm of the magnitude of this square matrix's determinant; −∞ where that is 0.
  public func logDeterminant() -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      try checkSquare("logDeterminant")
      return qr().r.matrixDiagonal().log().sum(axis: -1)
    }
  }

  /// The Euclidean norm of floating elements along axes, all without any: of a matrix the Frobenius norm.
  /// Its gradient at 0 is 0. Squares may overflow.
  public func norm(axes: Int..., keepingDims: Bool = false) -> Tensor {
    let squares = square()
    let sum =
      axes.isEmpty
      ? squares.sum(keepingDims: keepingDims) : squares.sum(axes: axes, keepingDims: keepingDims)
    return sum.rootOrZero()
  }

  /// The Euclidean norm of floating elements along the axes of an array.
  public func norm(axes: [Int], keepingDims: Bool = false) -> Tensor {
    square().sum(axes: axes, keepingDims: keepingDims).rootOrZero()
  }

  /// The Euclidean norm of floating elements along an axis.
  public func norm(axis: Int, keepingDims: Bool = false) -> Tensor {
    norm(axes: [axis], keepingDims: keepingDims)
  }
}

extension Tensor {
  /// The results of an op with several; where the operand does not fit, tensors that carry the error.
  private static func factors(_ op: Op, _ operand: Tensor, count: Int) -> [Tensor] {
    let results = record(op, [operand])
    return results.count == count ? results : [Tensor](repeating: results[0], count: count)
  }

  /// Both operands with the leading axes that theirs broadcast to.
  private static func batchedTogether(
    _ a: Tensor, _ b: Tensor, _ name: String
  ) throws(TensorError) -> (Tensor, Tensor) {
    let (typeA, typeB) = (try a.tensorType, try b.tensorType)
    let (leadingA, leadingB) = (typeA.shape.dims.dropLast(2), typeB.shape.dims.dropLast(2))
    guard typeA.rank >= 2, typeB.rank >= 2, leadingA != leadingB else { return (a, b) }
    guard let batch = Shape(Array(leadingA)).broadcast(with: Shape(Array(leadingB))) else {
      throw .violation(
        name, [typeA, typeB], "C4",
        "\(name) needs leading axes that broadcast, found \(typeA) and \(typeB)")
    }
    return (
      a.broadcast(toShape: Shape(batch.dims + typeA.shape.dims.suffix(2))),
      b.broadcast(toShape: Shape(batch.dims + typeB.shape.dims.suffix(2)))
    )
  }

  private func checkSquare(_ name: String) throws(TensorError) {
    let type = try tensorType
    guard type.rank >= 2, type.shape[type.rank - 1] == type.shape[type.rank - 2] else {
      throw .violation(
        name, [type], "C2", "\(name) needs square matrices, found \(type)")
    }
  }

  /// The elements on the diagonals of square matrices.
  private func matrixDiagonal() -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let isDiagonal = Tensor.eye(try shape[rank - 1], elementType: .bool)
      return select(isDiagonal, self, 0).sum(axis: -1)
    }
  }

  /// The product of the elements along the last axis, halves multiplied again and again.
  private func productOfLastAxis(_ size: Int) -> Tensor {
    if size == 0 { return sum(axis: -1) + 1 }
    var (factors, size) = (self, size)
    while size > 1 {
      let half = size / 2
      let product = factors[..., ..<half] * factors[..., half..<(2 * half)]
      factors =
        size % 2 == 0 ? product : [product, factors[..., (2 * half)...]].concatenated(axis: -1)
      size -= half
    }
    return factors.squeezed(-1)
  }

  /// The determinant, 1 or −1, of orthogonal matrices.
  ///
  /// Their eigenvalues are pairs of conjugates on the unit circle, ones and minus ones. Those of the
  /// symmetric part are the real parts: equal pairs, ones and minus ones. In ascending order they cancel
  /// out under alternating signs but for what says whether there is an odd number of minus ones.
  private func orthogonalSign(order: Int) -> Tensor {
    let signs = (0..<order).map { $0 % 2 == 0 ? 1.0 : -1.0 }
    let alternating = Tensor(signs).to(device).converted(to: (try? elementType) ?? .f64)
    let sum = (eigh().w * alternating).sum(axis: -1)
    return (order % 2 == 0 ? sum + 1 : sum).sign()
  }

  /// The square root, whose gradient at 0 is taken to be 0.
  private func rootOrZero() -> Tensor {
    let isZero = self .== 0
    return select(isZero, self, select(isZero, 1, self).sqrt())
  }
}
