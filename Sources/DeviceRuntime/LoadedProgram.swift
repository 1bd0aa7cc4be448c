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
  private let steps: StepCode
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
    steps = StepCode(program)
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

  /// The parameter into whose memory a result may be written, where nobody else needs it.
  package func parameterReplaced(byResult number: Int) -> Int? {
    guard let source = takeovers[program.results[number].buffer.index],
      case .input(let parameter) = program.buffers[source].role
    else { return nil }
    return parameter
  }

  /// Runs the program.
  ///
  /// - Parameters:
  ///   - inputs: one buffer for each parameter of the program, of the declared size. The program
  ///     reads them; into those that `mayOverwrite` names it may write results.
  ///   - outputs: memory for the results, in order, where there is some; none of it is that of an
  ///     input. A result that is an input, a constant or an earlier result is left where it is.
  ///   - symbols: the symbolic sizes, in the program's order.
  ///   - threads: the most threads to use.
  /// - Throws: `RuntimeError.index` for the first check that fails; then results are not to be used.
  /// - Returns: the buffers of the results; inputs and constants may be among them.
  package func run(
    inputs: [Buffer], mayOverwrite: Set<Int> = [], outputs: [Buffer?] = [], symbols: [Int] = [],
    pool: BufferPool, workers: WorkerPool, threads: Int
  ) throws(RuntimeError) -> [Buffer] {
    // All that may go wrong goes wrong here, before anything is written over.
    if steps.callsLibrary { _ = try OpenBLAS.shared() }
    let binding = try ProgramBinding(
      program, constants: constants, inputs: inputs, outputs: outputs, mayOverwrite: mayOverwrite,
      takeovers: takeovers, symbols: symbols, pool: pool)
    var addresses = binding.addresses
    let run = ProgramRun(
      program: program, code: steps, functions: functions, sizes: binding.sizes,
      symbols: symbols.map { Int64($0) }, workers: workers, threads: threads)
    if let failure = FloatingPointMode.run({ run.execute(&addresses) }) { throw failure }
    withExtendedLifetime((binding, code)) {}
    return binding.results
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
