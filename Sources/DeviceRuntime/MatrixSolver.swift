import ScalarIR

/// Runs LAPACK's routines on single row-major matrices.
///
/// LAPACK stores matrices by columns, so it takes each of ours for its transpose. That is made use of:
/// the factors q · r of x are lᵀ and the orthonormal rows of the factors l · q of xᵀ, and singular
/// vectors change sides. Where an operand holds NaN or an infinity LAPACK is not asked, since it may
/// not come back.
struct MatrixSolver<Scalar: BinaryFloatingPoint & BitwiseCopyable> {
  let lapack: LAPACK
  let rows: Int
  let columns: Int

  /// Runs a routine on one matrix of each operand; `results` have room for one matrix each.
  func run(
    _ routine: MatrixRoutine, _ operands: [UnsafeMutablePointer<Scalar>],
    _ results: [UnsafeMutablePointer<Scalar>]
  ) {
    if rows == 0 || columns == 0 { return }
    switch routine {
    case .cholesky: cholesky(operands[0], results[0])
    case .triangularSolve(let system): solve(system, operands[0], operands[1], results[0])
    case .qr: qr(operands[0], results[0], results[1])
    case .svd: svd(operands[0], results[0], results[1], results[2])
    case .eigh: eigh(operands[0], results[0], results[1])
    }
  }

  private var least: Int { min(rows, columns) }

  private func isFinite(_ x: UnsafeMutablePointer<Scalar>) -> Bool {
    (0..<(rows * columns)).allSatisfy { x[$0].isFinite }
  }

  /// (x + xᵀ) / 2.
  private func symmetricPart(_ x: UnsafeMutablePointer<Scalar>, _ target: inout [Scalar]) {
    for row in 0..<rows {
      for column in 0..<rows {
        target[row * rows + column] = x[row * rows + column] / 2 + x[column * rows + row] / 2
      }
    }
  }

  /// The room that a query said is wanted.
  private func work(_ query: Scalar) -> [Scalar] {
    [Scalar](repeating: 0, count: max(1, Int(query.rounded(.up))))
  }

  private func cholesky(_ x: UnsafeMutablePointer<Scalar>, _ l: UnsafeMutablePointer<Scalar>) {
    var a = [Scalar](repeating: 0, count: rows * rows)
    symmetricPart(x, &a)
    var info: Int32 = 1
    if a.allSatisfy(\.isFinite) {
      var n = Int32(rows)
      lapack.potrf("U", &n, &a, &n, &info, 1)
    }
    for row in 0..<rows {
      for column in 0..<rows {
        l[row * rows + column] = column > row ? 0 : info == 0 ? a[row * rows + column] : .nan
      }
    }
  }

  private func solve(
    _ system: TriangularSystem, _ a: UnsafeMutablePointer<Scalar>,
    _ b: UnsafeMutablePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>
  ) {
    y.update(from: b, count: rows * columns)
    var (m, n) = (Int32(columns), Int32(rows))
    var order = system.isLeft ? n : m
    var one: Scalar = 1
    lapack.trsm(
      system.isLeft ? "R" : "L", system.isLower ? "U" : "L", system.isTransposed ? "T" : "N",
      system.hasUnitDiagonal ? "U" : "N", &m, &n, &one, a, &order, y, &m, 1, 1, 1, 1)
  }

  private func qr(
    _ x: UnsafeMutablePointer<Scalar>, _ q: UnsafeMutablePointer<Scalar>,
    _ r: UnsafeMutablePointer<Scalar>
  ) {
    guard isFinite(x) else {
      q.update(repeating: .nan, count: rows * least)
      for row in 0..<least {
        for column in 0..<columns { r[row * columns + column] = column < row ? 0 : .nan }
      }
      return
    }
    var a = [Scalar](UnsafeBufferPointer(start: x, count: rows * columns))
    var tau = [Scalar](repeating: 0, count: least)
    var (m, n, k, info) = (Int32(columns), Int32(rows), Int32(least), Int32(0))
    var (query, lwork): (Scalar, Int32) = (0, -1)
    lapack.gelqf(&m, &n, &a, &m, &tau, &query, &lwork, &info)
    var work = work(query)
    lwork = Int32(work.count)
    lapack.gelqf(&m, &n, &a, &m, &tau, &work, &lwork, &info)
    for row in 0..<least {
      for column in 0..<columns {
        r[row * columns + column] = column < row ? 0 : a[row * columns + column]
      }
    }
    lwork = -1
    lapack.orglq(&k, &n, &k, &a, &m, &tau, &query, &lwork, &info)
    work = self.work(query)
    lwork = Int32(work.count)
    lapack.orglq(&k, &n, &k, &a, &m, &tau, &work, &lwork, &info)
    for column in 0..<least {
      let isNegative = r[column * columns + column] < 0
      for row in 0..<rows {
        let entry = a[row * columns + column]
        q[row * least + column] = isNegative ? -entry : entry
      }
      if isNegative { negate(r + column * columns, count: columns, stride: 1) }
    }
  }

  private func svd(
    _ x: UnsafeMutablePointer<Scalar>, _ u: UnsafeMutablePointer<Scalar>,
    _ s: UnsafeMutablePointer<Scalar>, _ vt: UnsafeMutablePointer<Scalar>
  ) {
    var info: Int32 = 1
    if isFinite(x) {
      var a = [Scalar](UnsafeBufferPointer(start: x, count: rows * columns))
      var integers = [Int32](repeating: 0, count: 8 * least)
      var (m, n, k) = (Int32(columns), Int32(rows), Int32(least))
      var (query, lwork): (Scalar, Int32) = (0, -1)
      lapack.gesdd(
        "S", &m, &n, &a, &m, s, vt, &m, u, &k, &query, &lwork, &integers, &info, 1)
      var work = work(query)
      lwork = Int32(work.count)
      lapack.gesdd(
        "S", &m, &n, &a, &m, s, vt, &m, u, &k, &work, &lwork, &integers, &info, 1)
    }
    guard info == 0 else {
      u.update(repeating: .nan, count: rows * least)
      s.update(repeating: .nan, count: least)
      vt.update(repeating: .nan, count: least * columns)
      return
    }
    for column in 0..<least where isNegative(u + column, count: rows, stride: least) {
      negate(u + column, count: rows, stride: least)
      negate(vt + column * columns, count: columns, stride: 1)
    }
  }

  private func eigh(
    _ x: UnsafeMutablePointer<Scalar>, _ w: UnsafeMutablePointer<Scalar>,
    _ v: UnsafeMutablePointer<Scalar>
  ) {
    var a = [Scalar](repeating: 0, count: rows * rows)
    symmetricPart(x, &a)
    var info: Int32 = 1
    if a.allSatisfy(\.isFinite) {
      var n = Int32(rows)
      var (query, lwork): (Scalar, Int32) = (0, -1)
      var (integerQuery, liwork): (Int32, Int32) = (0, -1)
      lapack.syevd(
        "V", "L", &n, &a, &n, w, &query, &lwork, &integerQuery, &liwork, &info, 1, 1)
      var work = work(query)
      var integers = [Int32](repeating: 0, count: max(1, Int(integerQuery)))
      (lwork, liwork) = (Int32(work.count), Int32(integers.count))
      lapack.syevd("V", "L", &n, &a, &n, w, &work, &lwork, &integers, &liwork, &info, 1, 1)
    }
    guard info == 0 else {
      w.update(repeating: .nan, count: rows)
      v.update(repeating: .nan, count: rows * rows)
      return
    }
    // The routine leaves one eigenvector after the other.
    a.withUnsafeMutableBufferPointer { a in
      guard let start = a.baseAddress else { return }
      for column in 0..<rows {
        let vector = start + column * rows
        if isNegative(vector, count: rows, stride: 1) { negate(vector, count: rows, stride: 1) }
        for row in 0..<rows { v[row * rows + column] = vector[row] }
      }
    }
  }

  /// Whether a vector's entry of largest magnitude is negative. Entries that are as large but for
  /// rounding count as equal, and the first of them decides.
  private func isNegative(
    _ vector: UnsafeMutablePointer<Scalar>, count: Int, stride: Int
  ) -> Bool {
    var greatest: Scalar = 0
    for index in 0..<count { greatest = max(greatest, vector[index * stride].magnitude) }
    let least = greatest * (1 - 64 * Scalar.ulpOfOne)
    let first = (0..<count).first { vector[$0 * stride].magnitude >= least }
    return first.map { vector[$0 * stride] < 0 } ?? false
  }

  private func negate(_ vector: UnsafeMutablePointer<Scalar>, count: Int, stride: Int) {
    for index in 0..<count { vector[index * stride].negate() }
  }
}
