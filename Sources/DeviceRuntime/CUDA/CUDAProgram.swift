import LoopIR
import ScalarIR

/// A program ready to run on a GPU: its kernels loaded, its constants in the GPU's memory.
package final class CUDAProgram: Sendable {
  package let program: LoopProgram
  private let device: CUDADevice
  private let kernels: [CUDAKernel]
  private let steps: StepCode
  private let constants: [Buffer?]
  private let takeovers: [Int: Int]

  /// - Parameters:
  ///   - ptx: the code of all kernels.
  ///   - entries: the name of each kernel's entry in it.
  ///   - takeovers: outputs that may be written into an input's storage when nobody else needs it.
  /// - Throws: what the driver says against the code; where memory is not to be had.
  package init(
    _ program: LoopProgram, ptx: String, entries: [String],
    takeovers: [(output: BufferID, input: BufferID)] = [], on device: CUDADevice
  ) throws(RuntimeError) {
    self.program = program
    self.device = device
    self.takeovers = Dictionary(
      takeovers.map { ($0.output.index, $0.input.index) }, uniquingKeysWith: { first, _ in first })
    steps = StepCode(program)
    var kernels: [CUDAKernel] = []
    if !program.kernels.isEmpty {
      let module = try device.modules.module(ptx, on: device.context)
      for (kernel, entry) in zip(program.kernels, entries) {
        kernels.append(try CUDAKernel(kernel, entry: entry, in: module, on: device))
      }
    }
    self.kernels = kernels
    var constants: [Buffer?] = []
    for declaration in program.buffers {
      guard case .constant(let literal) = declaration.role else {
        constants.append(nil)
        continue
      }
      let bytes = literal.bytes
      let buffer = try device.pool.allocate(byteCount: bytes.count)
      var failure: RuntimeError?
      bytes.withUnsafeBytes { bytes in
        do throws(RuntimeError) { try device.upload(bytes, to: buffer.address) } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      constants.append(buffer)
    }
    self.constants = constants
  }

  /// Runs the program: what can be is only begun when this returns.
  ///
  /// - Parameters:
  ///   - inputs: one buffer of the device for each parameter.
  ///   - symbols: the symbolic sizes, in the program's order.
  ///   - host: memory for what runs on the processor.
  /// - Throws: `RuntimeError.index` for the first check that fails; then results are not to be used.
  /// - Returns: the buffers of the results; inputs and constants may be among them.
  package func run(
    inputs: [Buffer], mayOverwrite: Set<Int> = [], symbols: [Int] = [], host: BufferPool,
    workers: WorkerPool, threads: Int
  ) throws(RuntimeError) -> [Buffer] {
    if steps.callsLibrary { _ = try OpenBLAS.shared() }
    let binding = try ProgramBinding(
      program, constants: constants, inputs: inputs, mayOverwrite: mayOverwrite,
      takeovers: takeovers, symbols: symbols, pool: device.pool)
    var addresses = binding.addresses
    let library = ProgramRun(
      program: program, code: steps, functions: [], sizes: binding.sizes,
      symbols: symbols.map { Int64($0) }, workers: workers, threads: threads)
    let run = CUDARun(
      device: device, kernels: kernels, program: program, code: steps, sizes: binding.sizes,
      symbols: symbols.map { Int64($0) }, library: library, host: host)
    try run.execute(&addresses)
    withExtendedLifetime(binding) {}
    return binding.results
  }
}
