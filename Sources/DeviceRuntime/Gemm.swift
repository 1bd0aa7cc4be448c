/// The shape of a matrix product C ← alpha · op(A) · op(B) + beta · C, all matrices by rows.
package struct GemmShape: Sendable, Equatable {
  /// How an operand is read.
  package enum Transpose: Sendable, CaseIterable {
    case none, transposed
  }

  /// Rows of op(A) and C.
  package var m: Int
  /// Columns of op(B) and C.
  package var n: Int
  /// Columns of op(A), rows of op(B).
  package var k: Int
  package var transposeA: Transpose
  package var transposeB: Transpose
  /// Elements from the start of one row of A, as stored, to the next.
  package var strideA: Int
  package var strideB: Int
  package var strideC: Int

  /// A product of matrices whose rows follow each other without gaps where no stride is given.
  package init(
    m: Int, n: Int, k: Int, transposeA: Transpose = .none, transposeB: Transpose = .none,
    strideA: Int? = nil, strideB: Int? = nil, strideC: Int? = nil
  ) {
    self.m = m
    self.n = n
    self.k = k
    self.transposeA = transposeA
    self.transposeB = transposeB
    self.strideA = strideA ?? max(1, transposeA == .none ? k : m)
    self.strideB = strideB ?? max(1, transposeB == .none ? n : k)
    self.strideC = strideC ?? max(1, n)
  }

  /// Floating-point operations: a multiplication and an addition each for m · n · k.
  package var operationCount: Double { 2 * Double(m) * Double(n) * Double(k) }

  /// Throws `invalidSize` where BLAS, which counts in 32 bits, cannot take the operands.
  func validate() throws(RuntimeError) {
    let sizes = [
      ("m", m, 0), ("n", n, 0), ("k", k, 0),
      ("the row stride of a", strideA, max(1, transposeA == .none ? k : m)),
      ("the row stride of b", strideB, max(1, transposeB == .none ? n : k)),
      ("the row stride of c", strideC, max(1, n)),
    ]
    for (name, size, least) in sizes where size < least || size > Int(Int32.max) {
      throw .invalidSize(
        operation: "gemm", reason: "\(name) is \(size), not between \(least) and \(Int32.max)")
    }
  }
}

/// An element type that BLAS multiplies matrices of.
package protocol GemmScalar: Sendable, BinaryFloatingPoint {
  /// Runs the library's function for this type on the calling thread.
  static func multiply(
    _ shape: GemmShape, alpha: Self, _ operands: GemmOperands<Self>, beta: Self,
    by library: OpenBLAS)
}

extension Float: GemmScalar {
  package static func multiply(
    _ shape: GemmShape, alpha: Float, _ operands: GemmOperands<Float>, beta: Float,
    by library: OpenBLAS
  ) {
    library.sgemm(
      rowMajor, shape.transposeA.code, shape.transposeB.code, Int32(shape.m), Int32(shape.n),
      Int32(shape.k), alpha, operands.a, Int32(shape.strideA), operands.b, Int32(shape.strideB),
      beta, operands.c, Int32(shape.strideC))
  }
}

extension Double: GemmScalar {
  package static func multiply(
    _ shape: GemmShape, alpha: Double, _ operands: GemmOperands<Double>, beta: Double,
    by library: OpenBLAS
  ) {
    library.dgemm(
      rowMajor, shape.transposeA.code, shape.transposeB.code, Int32(shape.m), Int32(shape.n),
      Int32(shape.k), alpha, operands.a, Int32(shape.strideA), operands.b, Int32(shape.strideB),
      beta, operands.c, Int32(shape.strideC))
  }
}

/// The operands of a matrix product, at the first element of each matrix.
package struct GemmOperands<Scalar: GemmScalar>: @unchecked Sendable {
  var a: UnsafePointer<Scalar>
  var b: UnsafePointer<Scalar>
  var c: UnsafeMutablePointer<Scalar>

  /// Operands that stay valid while they are multiplied; `c` overlaps neither `a` nor `b`.
  package init(
    a: UnsafePointer<Scalar>, b: UnsafePointer<Scalar>, c: UnsafeMutablePointer<Scalar>
  ) {
    self.a = a
    self.b = b
    self.c = c
  }
}

extension OpenBLAS {
  /// C ← alpha · op(A) · op(B) + beta · C; where beta is 0, C is written without being read.
  ///
  /// With several threads and enough work, each takes a panel of C: rows where C has more rows than
  /// columns, else columns. The order of additions within OpenBLAS is its own, and may depend on
  /// the split.
  /// - Throws: `invalidSize` where a size does not fit into 32 bits, or rows overlap.
  package func gemm<Scalar: GemmScalar>(
    _ shape: GemmShape, alpha: Scalar = 1, _ operands: GemmOperands<Scalar>, beta: Scalar = 0,
    on pool: WorkerPool, threads: Int
  ) throws(RuntimeError) {
    try shape.validate()
    if shape.m == 0 || shape.n == 0 { return }
    let splitsRows = shape.m >= shape.n
    pool.parallelFor(
      count: splitsRows ? shape.m : shape.n,
      threads: shape.operationCount < leastParallelOperations ? 1 : threads,
      grain: panelGrain
    ) { panel in
      let (shape, operands) =
        splitsRows ? shape.rows(panel, operands) : shape.columns(panel, operands)
      Scalar.multiply(shape, alpha: alpha, operands, beta: beta, by: self)
    }
  }
}

/// `CblasRowMajor` of cblas.h.
private let rowMajor: Int32 = 101

/// Below this much work, about ten microseconds of it, sharing it with a thread costs more than it
/// gains: handing over a chunk takes about two.
private let leastParallelOperations: Double = 1_000_000

/// Panels begin at multiples of the widest register tile of OpenBLAS's kernels.
private let panelGrain = 16

extension GemmShape.Transpose {
  /// `CblasNoTrans` or `CblasTrans` of cblas.h.
  fileprivate var code: Int32 {
    switch self {
    case .none: 111
    case .transposed: 112
    }
  }
}

extension GemmShape {
  /// The part of the product that gives some rows of C.
  fileprivate func rows<Scalar>(
    _ rows: Range<Int>, _ operands: GemmOperands<Scalar>
  ) -> (GemmShape, GemmOperands<Scalar>) {
    var shape = self
    shape.m = rows.count
    var operands = operands
    operands.a += rows.lowerBound * (transposeA == .none ? strideA : 1)
    operands.c += rows.lowerBound * strideC
    return (shape, operands)
  }

  /// The part of the product that gives some columns of C.
  fileprivate func columns<Scalar>(
    _ columns: Range<Int>, _ operands: GemmOperands<Scalar>
  ) -> (GemmShape, GemmOperands<Scalar>) {
    var shape = self
    shape.n = columns.count
    var operands = operands
    operands.b += columns.lowerBound * (transposeB == .none ? 1 : strideB)
    operands.c += columns.lowerBound
    return (shape, operands)
  }
}
