import DeviceRuntime
import LLVMCodeGen
import LoopIR
import ScalarIR
import TapeIR

/// A tape compiled for a device, ready to run.
final class CompiledTape: Sendable {
  /// What runs it.
  private enum Code: Sendable {
    case host(LoadedProgram, BufferPool)
    case cuda(CUDAProgram)
  }

  let device: OpenDevice
  private let code: Code
  /// The parameters into whose memory a result may be written, where nobody else needs it.
  let reusableInputs: Set<Int>
  let kernelCount: Int

  init(
    _ tape: Tape, options: PipelineOptions, on device: OpenDevice
  ) throws(TensorError) {
    self.device = device
    var options = options
    options.target = try device.target
    let program = try Pipeline.program(for: tape, options: options)
    kernelCount = program.kernels.count
    // A program that fails half way must leave what it was given as it was.
    // On a GPU a library call does so too, where there is no memory for its copies.
    let mayFail =
      program.steps.mayFail || !device.name.isInHostMemory && program.steps.containsCalls
    let takeovers = mayFail ? [] : program.inPlaceCandidates()
    reusableInputs = Set(
      takeovers.compactMap { pair in
        if case .input(let number) = program.buffers[pair.input.index].role { number } else { nil }
      })
    switch device {
    case .host(let pool):
      code = .host(try CompiledTape.load(program, options, takeovers, pool), pool)
    case .cuda(let gpu): code = .cuda(try CompiledTape.load(program, options, takeovers, gpu))
    }
  }

  private static func load(
    _ program: LoopProgram, _ options: PipelineOptions,
    _ takeovers: [(output: BufferID, input: BufferID)], _ pool: BufferPool
  ) throws(TensorError) -> LoadedProgram {
    let compiled: CompiledProgram
    do {
      compiled = try ProgramCompiler(for: program, options: options)
        .compile(program, linker: ObjectLinker.shared())
    } catch {
      throw TensorError(error)
    }
    do {
      return try LoadedProgram(
        program, functions: compiled.entries, code: compiled, takeovers: takeovers, pool: pool)
    } catch {
      throw TensorError(error)
    }
  }

  private static func load(
    _ program: LoopProgram, _ options: PipelineOptions,
    _ takeovers: [(output: BufferID, input: BufferID)], _ gpu: CUDADevice
  ) throws(TensorError) -> CUDAProgram {
    guard case .ptx(let architecture) = options.target else {
      throw .failure("code for a GPU was asked for, but none for its architecture")
    }
    let ptx: String
    do { ptx = try PTXCompiler(for: architecture).assembly(program) } catch {
      throw TensorError(error)
    }
    do {
      return try CUDAProgram(
        program, ptx: ptx,
        entries: program.kernels.enumerated().map { PTXCompiler.entryName(of: $1, $0) },
        takeovers: takeovers, on: gpu)
    } catch {
      throw TensorError(error)
    }
  }

  /// The program, where this computer's processor runs it.
  var loaded: LoadedProgram? {
    if case .host(let loaded, _) = code { loaded } else { nil }
  }

  /// The memory that it runs in, where that is this computer's.
  var hostPool: BufferPool? {
    if case .host(_, let pool) = code { pool } else { nil }
  }

  /// The results' buffers, for one buffer of the device for each parameter.
  ///
  /// - Parameters:
  ///   - outputs: memory for the results, where there is some, of this computer's.
  ///   - host: the computer's memory, for what a GPU leaves to the processor.
  func run(
    _ inputs: [Buffer], mayOverwrite: Set<Int> = [], outputs: [Buffer?] = [], host: BufferPool,
    workers: WorkerPool, threads: Int
  ) throws(TensorError) -> [Buffer] {
    do {
      switch code {
      case .host(let loaded, let pool):
        return try loaded.run(
          inputs: inputs, mayOverwrite: mayOverwrite, outputs: outputs, pool: pool,
          workers: workers, threads: threads)
      case .cuda(let loaded):
        return try loaded.run(
          inputs: inputs, mayOverwrite: mayOverwrite, host: host, workers: workers,
          threads: threads)
      }
    } catch {
      throw TensorError(error)
    }
  }
}

extension OpenDevice {
  /// What programs for the device are compiled for.
  fileprivate var target: CodeTarget {
    get throws(TensorError) {
      switch self {
      case .host(let pool): return pool.device == .grid ? .grid : .cpu
      case .cuda(let gpu):
        do {
          return .ptx(
            try GPUArchitecture(computeCapability: gpu.capability.major, gpu.capability.minor))
        } catch {
          throw .device("the device \(gpu.device) cannot be used: \(error)")
        }
      }
    }
  }
}

extension TensorError {
  init(_ error: RuntimeError) {
    switch error {
    case .outOfMemory, .deviceOutOfMemory: self = .outOfMemory(error.description)
    case .index(let violation): self.init(violation)
    case .host(let failure): self = .customOp(name: failure.name, message: failure.message)
    case .invalidSize: self = .invalidData(error.description)
    case .libraryUnavailable: self = .failure(error.description)
    case .deviceUnavailable, .deviceFailed: self = .device(error.description)
    }
  }
}

/// What can run a tape. All give the same answers.
package enum Engine: String, Sendable, CaseIterable {
  /// The reference: slow, plain.
  case interpreter
  /// Machine code of this computer.
  case cpu
  /// NVIDIA's GPU number 0.
  case cuda
  /// The kernels that a GPU runs, as machine code of this computer: for tests of them.
  case grid

  /// The engines that this machine has.
  package static var available: [Engine] {
    allCases.filter { $0.unavailability == nil }
  }

  /// Why this machine does not have the engine, in one line; nil where it has.
  package var unavailability: String? { device.flatMap { Device($0).unavailability } }

  /// The device that the engine computes on; nil for the interpreter, which needs none.
  var device: DeviceName? {
    switch self {
    case .interpreter: nil
    case .cpu: .cpu
    case .cuda: .cuda(0)
    case .grid: .grid
    }
  }
}

/// A tape of known sizes, ready to run on an engine.
package struct Executable: Sendable {
  private enum Code: Sendable {
    case interpreted
    case compiled(CompiledTape)
  }

  private let tape: Tape
  private let code: Code

  /// The compiled code; nil where the engine has none.
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
    guard let name = engine.device else {
      code = .interpreted
      return
    }
    var device = try Runtime.shared.open(name)
    if options.bufferGuard != .none, name.isInHostMemory {
      device = .host(BufferPool(bufferGuard: options.bufferGuard, source: .host(for: name)))
    }
    code = .compiled(try CompiledTape(tape, options: options, on: device))
  }

  /// The results for one literal a parameter, of its type.
  package func run(_ inputs: [Literal], threads: Int? = nil) throws(TensorError) -> [Literal] {
    try read(start(load(inputs), threads: threads))
  }

  /// Inputs where the tape runs.
  package struct Inputs: Sendable {
    fileprivate let literals: [Literal]
    fileprivate let buffers: [Buffer]

    fileprivate init(literals: [Literal], buffers: [Buffer]) {
      self.literals = literals
      self.buffers = buffers
    }

    /// The results of another tape, which has run on the same engine.
    package init(_ outputs: Outputs) {
      self.init(literals: outputs.literals, buffers: outputs.buffers)
    }
  }

  /// Results where the tape has run.
  package struct Outputs: Sendable {
    fileprivate let literals: [Literal]
    fileprivate let buffers: [Buffer]
  }

  /// The inputs on the engine's device, for any number of runs.
  package func load(_ inputs: [Literal]) throws(TensorError) -> Inputs {
    guard case .compiled(let compiled) = code else {
      return Inputs(literals: inputs, buffers: [])
    }
    let runtime = Runtime.shared
    var buffers: [Buffer] = []
    for input in inputs {
      let bytes = input.bytes
      let pool = compiled.hostPool ?? runtime.pool
      let buffer: Buffer
      do { buffer = try pool.allocate(byteCount: bytes.count) } catch { throw TensorError(error) }
      buffer.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
      buffers.append(try runtime.transfer(buffer, to: compiled.device.name))
    }
    return Inputs(literals: [], buffers: buffers)
  }

  /// Runs the tape to its end.
  package func start(_ inputs: Inputs, threads: Int? = nil) throws(TensorError) -> Outputs {
    switch code {
    case .interpreted:
      do {
        return Outputs(literals: try TapeInterpreter.run(tape, inputs.literals), buffers: [])
      } catch {
        throw TensorError(error)
      }
    case .compiled(let compiled):
      let runtime = Runtime.shared
      let outputs = try compiled.run(
        inputs.buffers, host: runtime.pool, workers: runtime.workers,
        threads: threads ?? runtime.threadCount)
      try compiled.device.synchronize()
      return Outputs(literals: [], buffers: outputs)
    }
  }

  /// The results as host data.
  package func read(_ outputs: Outputs) throws(TensorError) -> [Literal] {
    guard case .compiled = code else { return outputs.literals }
    var literals: [Literal] = []
    for (result, output) in zip(tape.results, outputs.buffers) {
      let type = tape.type(of: result.value)
      let bytes = try Runtime.shared.transfer(output, to: .cpu)
        .withUnsafeBytes { Array($0.prefix(type.byteCount ?? 0)) }
      literals.append(
        Literal(dtype: type.dtype, sizes: type.shape.sizes ?? [], bytes: bytes))
    }
    return literals
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
