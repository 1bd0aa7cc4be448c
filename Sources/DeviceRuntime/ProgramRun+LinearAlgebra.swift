import LoopIR
import ScalarIR

extension ProgramRun {
  /// Runs a routine of linear algebra, matrix after matrix; threads share the matrices.
  func solve(
    _ call: MatrixRoutineCall, _ addresses: [UnsafeMutableRawPointer?]
  ) throws(RuntimeError) {
    if call.results.allSatisfy({ program.buffers[$0.index].count.evaluate(sizes) == 0 }) { return }
    let rows = call.rows.evaluate(sizes)
    let columns = call.columns.evaluate(sizes)
    let batch = call.batch.evaluate(sizes)
    guard max(rows, columns) <= Int(Int32.max),
      min(rows, columns) <= call.routine.greatestOrder
    else {
      throw .invalidSize(
        operation: call.routine.name,
        reason: "matrices of \(rows) by \(columns), beyond LAPACK's integers")
    }
    let lapack = try OpenBLAS.shared().lapack.get()
    let pointers = call.buffers.compactMap { addresses[$0.index] }
    guard pointers.count == call.buffers.count else { return }
    let matrices = MatrixBatch(
      routine: call.routine, dtype: call.dtype, rows: rows, columns: columns,
      lapack: call.dtype == .f64 ? lapack.double : lapack.single, addresses: pointers)
    let work = rows * columns * min(rows, columns)
    let isLarge = batch > 1 && work * batch >= MatrixBatch.leastSharedWork
    workers.parallelFor(
      count: batch, threads: isLarge ? threads : 1, chunksPerThread: 4
    ) { range in
      for entry in range { matrices.run(entry) }
    }
  }
}

/// The matrices of one call, as all threads that share it see them.
private struct MatrixBatch: @unchecked Sendable {
  /// Multiplications from which on threads pay off.
  static let leastSharedWork = 1 << 16

  let routine: MatrixRoutine
  let dtype: DType
  let rows: Int
  let columns: Int
  let lapack: LAPACK
  /// Where the operands begin, then the results.
  let addresses: [UnsafeMutableRawPointer]

  func run(_ entry: Int) {
    dtype == .f64 ? run(entry, as: Double.self) : run(entry, as: Float.self)
  }

  private func run<Scalar: BinaryFloatingPoint & BitwiseCopyable>(
    _ entry: Int, as type: Scalar.Type
  ) {
    let counts = routine.elementCounts(rows: rows, columns: columns)
    let matrices = zip(addresses, counts).map { address, count in
      address.assumingMemoryBound(to: type) + entry * count
    }
    let solver = MatrixSolver<Scalar>(lapack: lapack, rows: rows, columns: columns)
    let operands = routine.operandCount
    solver.run(routine, Array(matrices[..<operands]), Array(matrices[operands...]))
  }
}

extension MatrixRoutine {
  /// The greatest number of rows or columns, whichever is less: some routines count a few times its
  /// square of room in 32 bits.
  fileprivate var greatestOrder: Int {
    switch self {
    case .cholesky, .triangularSolve, .qr: Int(Int32.max)
    case .svd, .eigh: 1 << 14
    }
  }
}
