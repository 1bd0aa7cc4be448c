import DeviceRuntime
import LLVMCodeGen
import LoopIR
import ScalarIR
import TapeIR

/// A tape compiled for the CPU, ready to run.
final class CompiledTape: Sendable {
  let loaded: LoadedProgram
  /// The parameters into whose memory a result may be written, where nobody else needs it.
  let reusableInputs: Set<Int>

  var kernelCount: Int { loaded.program.kernels.count }

  init(_ tape: Tape, options: PipelineOptions, pool: BufferPool) throws(TensorError) {
    let program = try Pipeline.program(for: tape, options: options)
    let compiled: CompiledProgram
    do {
      compiled = try ProgramCompiler(for: program, options: options)
        .compile(program, linker: ObjectLinker.shared())
    } catch {
      throw TensorError(error)
    }
    // A program that fails half way must leave what it was given as it was.
    let takeovers = program.steps.mayFail ? [] : program.inPlaceCandidates()
    reusableInputs = Set(
      takeovers.compactMap { pair in
        if case .input(let number) = program.buffers[pair.input.index].role { number } else { nil }
      })
    do {
      loaded = try LoadedProgram(
        program, functions: compiled.entries, code: compiled, takeovers: takeovers, pool: pool)
    } catch {
      throw TensorError(error)
    }
  }

  /// The results' buffers, for one buffer a parameter.
  func run(
    _ inputs: [Buffer], mayOverwrite: Set<Int> = [], outputs: [Buffer?] = [], pool: BufferPool,
    workers: WorkerPool, threads: Int
  ) throws(TensorError) -> [Buffer] {
    do {
      return try loaded.run(
        inputs: inputs, mayOverwrite: mayOverwrite, outputs: outputs, pool: pool,
        workers: workers, threads: threads)
    } catch {
      throw TensorError(error)
    }
  }
}

extension TensorError {
  init(_ error: RuntimeError) {
    switch error {
    case .outOfMemory: self = .outOfMemory(error.description)
    case .index(let violation): self.init(violation)
    case .host(let failure): self = .customOp(name: failure.name, message: failure.message)
    case .libraryUnavailable, .invalidSize: self = .failure(error.description)
    }
  }
}

/// What can run a tape. All give the same answers.
package enum Engine: String, Sendable, CaseIterable {
  /// The reference: slow, plain.
  case interpreter
  /// Machine code of this computer.
  case cpu
  /// The kernels that a GPU runs, as machine code of this computer: for tests of them.
  case grid
}

/// A tape of known sizes, ready to run on an engine.
package struct Executable: Sendable {
  private enum Code: Sendable {
    case interpreted
    case compiled(CompiledTape)
  }

  private let tape: Tape
  private let code: Code
  private let pool: BufferPool

  /// The machine code, where the engine runs such on this computer's memory.
  var compiled: CompiledTape? {
    if case .compiled(let compiled) = code { compiled } else { nil }
  }

  /// Compiles the tape where the engine runs compiled code.
  ///
  /// - Throws: `TensorError.failure` where a stage breaks something.
  package init(
    _ tape: Tape, engine: Engine, options: PipelineOptions = PipelineOptions()
  ) throws(TensorError) {
    self.tape = tape
    pool =
      options.bufferGuard == .none
      ? Runtime.shared.pool : BufferPool(bufferGuard: options.bufferGuard)
    var options = options
    switch engine {
    case .interpreter:
      code = .interpreted
      return
    case .cpu: options.target = .cpu
    case .grid: options.target = .grid
    }
    code = .compiled(try CompiledTape(tape, options: options, pool: pool))
  }

  /// The results for one literal a parameter, of its type.
  package func run(_ inputs: [Literal], threads: Int? = nil) throws(TensorError) -> [Literal] {
    switch code {
    case .interpreted:
      do { return try TapeInterpreter.run(tape, inputs) } catch { throw TensorError(error) }
    case .compiled(let compiled): return try run(compiled, inputs, threads)
    }
  }

  private func run(
    _ compiled: CompiledTape, _ inputs: [Literal], _ threads: Int?
  ) throws(TensorError) -> [Literal] {
    let runtime = Runtime.shared
    var buffers: [Buffer] = []
    for input in inputs {
      let bytes = input.bytes
      let buffer: Buffer
      do { buffer = try pool.allocate(byteCount: bytes.count) } catch { throw TensorError(error) }
      buffer.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
      buffers.append(buffer)
    }
    let outputs = try compiled.run(
      buffers, pool: pool, workers: runtime.workers,
      threads: threads ?? runtime.threadCount)
    return zip(tape.results, outputs).map { result, buffer in
      let type = tape.type(of: result.value)
      let bytes = buffer.withUnsafeBytes { Array($0.prefix(type.byteCount ?? 0)) }
      return Literal(dtype: type.dtype, sizes: type.shape.sizes ?? [], bytes: bytes)
    }
  }
}

/// Runs a tape on an engine. Symbolic sizes take their values from the inputs.
///
/// - Parameter inputs: one literal for each parameter, of its type.
/// - Throws: `TensorError` where the inputs do not fit, memory is not to be had, or a stage fails.
package func runTape(
  _ tape: Tape, inputs: [Literal], engine: Engine, options: PipelineOptions = PipelineOptions(),
  threads: Int? = nil
) throws(TensorError) -> [Literal] {
  var prepared = Artifact.tape(tape)
  let request = options.gradient
  var options = options
  options.gradient = nil
  try prepared.mapTape { tape throws(TapeError) in
    let extended =
      try request.map { request throws(TapeError) in
        try tape.appendingGradient(withRespectTo: request.names)
      } ?? tape
    return engine == .interpreter ? extended : try extended.specialized(for: inputs)
  }
  return try Executable(prepared.tape, engine: engine, options: options)
    .run(inputs, threads: threads)
}
