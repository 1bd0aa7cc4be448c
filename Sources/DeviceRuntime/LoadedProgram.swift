import LoopIR
import ScalarIR
import Synchronization

/// A program ready to run: its kernels as machine code, its constants in memory.
package final class LoadedProgram: Sendable {
  /// The entry of a kernel: its arrays in parameter order, the program's symbolic sizes, and which
  /// iterations of its parallel loop to run (nothing to the point where it has none).
  package typealias KernelFunction =
    @convention(c) @Sendable (
      UnsafePointer<UnsafeMutableRawPointer?>?, UnsafePointer<Int64>?, Int64, Int64
    ) -> Void

  package let program: LoopProgram
  private let functions: [KernelFunction]
  /// What the functions' code lives in.
  private let code: any Sendable
  private let constants: [Buffer?]
  /// For each output that may take over a dying input's storage, that input's buffer.
  private let takeovers: [Int: Int]

  /// - Parameters:
  ///   - functions: the entry of each kernel of the program, in order.
  ///   - code: kept as long as the program, because the functions live in it.
  ///   - takeovers: outputs that may be written into an input's storage when nobody else needs it.
  package init(
    _ program: LoopProgram, functions: [KernelFunction], code: any Sendable,
    takeovers: [(output: BufferID, input: BufferID)] = [], pool: BufferPool
  ) throws(RuntimeError) {
    self.program = program
    self.functions = functions
    self.code = code
    self.takeovers = Dictionary(
      takeovers.map { ($0.output.index, $0.input.index) }, uniquingKeysWith: { first, _ in first })
    var constants: [Buffer?] = []
    for declaration in program.buffers {
      guard case .constant(let literal) = declaration.role else {
        constants.append(nil)
        continue
      }
      let bytes = literal.bytes
      let buffer = try pool.allocate(byteCount: bytes.count)
      buffer.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
      constants.append(buffer)
    }
    self.constants = constants
  }

  /// Runs the program.
  ///
  /// - Parameters:
  ///   - inputs: one buffer for each parameter of the program, of the declared size. The program
  ///     reads them; into those that `mayOverwrite` names it may write results.
  ///   - symbols: the symbolic sizes, in the program's order.
  ///   - threads: the most threads to use.
  /// - Returns: the buffers of the results; inputs and constants may be among them.
  package func run(
    inputs: [Buffer], mayOverwrite: Set<Int> = [], symbols: [Int] = [], pool: BufferPool,
    workers: WorkerPool, threads: Int
  ) throws(RuntimeError) -> [Buffer] {
    let sizes = Dictionary(
      zip(program.symbols, symbols), uniquingKeysWith: { first, _ in first })
    let arena: Buffer? =
      if let bytes = program.arenaBytes?.evaluate(sizes), bytes > 0 {
        try pool.allocate(byteCount: bytes)
      } else {
        nil
      }
    var buffers = constants
    var addresses: [UnsafeMutableRawPointer?] = []
    addresses.reserveCapacity(buffers.count)
    for (index, declaration) in program.buffers.enumerated() {
      switch declaration.role {
      case .input(let number): buffers[index] = inputs[number]
      case .constant: break
      case .output:
        if let source = takeovers[index], case .input(let number) = program.buffers[source].role,
          mayOverwrite.contains(number)
        {
          buffers[index] = inputs[number]
        } else {
          buffers[index] = try pool.allocate(
            byteCount: declaration.count.evaluate(sizes) * declaration.dtype.byteWidth)
        }
      case .temporary(let offset):
        guard let arena, let offset else {
          buffers[index] = try pool.allocate(
            byteCount: declaration.count.evaluate(sizes) * declaration.dtype.byteWidth)
          break
        }
        addresses.append(arena.address + offset.evaluate(sizes))
        continue
      }
      addresses.append(buffers[index]?.address)
    }
    let symbolValues = symbols.map { Int64($0) }
    for step in program.steps {
      switch step {
      case .launch(let launch):
        let kernel = program.kernels[launch.kernel]
        let invocation = Invocation(
          function: functions[launch.kernel],
          arrays: launch.arguments.map { addresses[$0.index] }, symbols: symbolValues)
        let count = kernel.parallelExtent?.evaluate(sizes) ?? 1
        workers.parallelFor(
          count: count, threads: kernel.parallelExtent == nil ? 1 : threads, chunksPerThread: 4
        ) { range in invocation.call(range) }
      case .call(.matrixProduct(let product)):
        try multiply(product, addresses, sizes, workers: workers, threads: threads)
      case .call(.matrixRoutine(let call)):
        try solve(call, addresses, sizes, workers: workers, threads: threads)
      }
    }
    withExtendedLifetime((arena, code)) {}
    return program.results.compactMap { buffers[$0.buffer.index] }
  }

  private func multiply(
    _ product: MatrixProduct, _ addresses: [UnsafeMutableRawPointer?], _ sizes: [String: Int],
    workers: WorkerPool, threads: Int
  ) throws(RuntimeError) {
    guard let a = addresses[product.a.index], let b = addresses[product.b.index],
      let c = addresses[product.c.index]
    else { return }
    let m = product.m.evaluate(sizes)
    let n = product.n.evaluate(sizes)
    let k = product.k.evaluate(sizes)
    let batch = product.batch.evaluate(sizes)
    let width = product.dtype.byteWidth
    if k == 0 {
      c.initializeMemory(as: UInt8.self, repeating: 0, count: batch * m * n * width)
      return
    }
    let library = try OpenBLAS.shared()
    let shape = GemmShape(
      m: m, n: n, k: k, transposeA: product.isTransposedA ? .transposed : .none,
      transposeB: product.isTransposedB ? .transposed : .none)
    for entry in 0..<batch {
      let (x, y, z) = (
        a + entry * m * k * width, b + entry * k * n * width, c + entry * m * n * width
      )
      if product.dtype == .f64 {
        try library.gemm(
          shape,
          GemmOperands<Double>(
            a: x.assumingMemoryBound(to: Double.self), b: y.assumingMemoryBound(to: Double.self),
            c: z.assumingMemoryBound(to: Double.self)),
          on: workers, threads: threads)
      } else {
        try library.gemm(
          shape,
          GemmOperands<Float>(
            a: x.assumingMemoryBound(to: Float.self), b: y.assumingMemoryBound(to: Float.self),
            c: z.assumingMemoryBound(to: Float.self)),
          on: workers, threads: threads)
      }
    }
  }
}

/// One launch of a kernel, as all threads that share it see it.
private struct Invocation: @unchecked Sendable {
  let function: LoadedProgram.KernelFunction
  let arrays: [UnsafeMutableRawPointer?]
  let symbols: [Int64]

  func call(_ range: Range<Int>) {
    arrays.withUnsafeBufferPointer { arrays in
      symbols.withUnsafeBufferPointer { symbols in
        guard let base = arrays.baseAddress else { return }
        function(base, symbols.baseAddress, Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
  }
}

extension Kernel {
  /// The extent of the loop that threads share, if there is one.
  package var parallelExtent: Index? {
    for statement in body {
      if case .loop(let loop) = statement, loop.mark == .parallel { return loop.extent }
    }
    return nil
  }
}
