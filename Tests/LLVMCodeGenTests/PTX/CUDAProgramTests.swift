import DeviceRuntime
import LLVMCodeGen
import Locking
import LoopIR
import ScalarIR
import TensorJITTestSupport
import Testing

/// Programs on a stand-in for a GPU's driver, whose kernels a machine for PTX carries out: what the
/// compiler writes, what the driver is told, and what comes back.
@Suite(.serialized) struct CUDAProgramTests {
  @Test(arguments: [0, 1, 2, 3, 4])
  func runsAsTheInterpreterDoes(_ number: Int) throws {
    let program = try LoopProgram(verifying: MappedPrograms.all[number])
    let sizes = program.symbols.map { _ in 1000 }
    let values = Dictionary(zip(program.symbols, sizes)) { a, _ in a }
    let fake = try FakeDriver()
    let device = try CUDADevice(0, driver: fake.driver)
    let compiler = try PTXCompiler(
      for: GPUArchitecture(computeCapability: device.capability.major, device.capability.minor))
    let text = try compiler.assembly(program)
    running.withLock { $0 = Running(program: program, text: text, sizes: values) }
    fake.setKernel(carryOut)
    let loaded = try CUDAProgram(
      program, ptx: text,
      entries: program.kernels.enumerated().map { PTXCompiler.entryName(of: $1, $0) }, on: device)
    var random = SplitMix64(seed: UInt64(number))
    var inputs: [Literal] = []
    var buffers: [Buffer] = []
    for declaration in program.buffers {
      guard case .input = declaration.role else { continue }
      let count = declaration.count.evaluate(values)
      let bits = (0..<count).map { _ in
        declaration.dtype == .bool
          ? UInt64.random(in: 0...1, using: &random)
          : ScalarValue(declaration.dtype, rounding: Double.random(in: -9...9, using: &random)).bits
      }
      let literal = Literal(dtype: declaration.dtype, sizes: [count], bits: bits)
      inputs.append(literal)
      buffers.append(
        try Array(literal.bytes).withUnsafeBytes { try device.makeBuffer(copying: $0) })
    }
    let host = BufferPool()
    let results = try loaded.run(
      inputs: buffers, symbols: sizes, host: host, workers: WorkerPool(threads: 1), threads: 1)
    let found = try device.read(results[0], into: host)
    let expected = try program.interpret(inputs: inputs, symbols: sizes)
    #expect(found.withUnsafeBytes { Array($0) } == Array(expected[0].bytes))
    #expect(running.withLock { $0?.failure } == nil)
  }
}

/// The program whose kernels are carried out.
private struct Running {
  let program: LoopProgram
  let text: String
  let sizes: [String: Int]
  var failure: String?
}

private let running = Lock<Running?>(nil)

/// Carries a kernel out, as the stand-in for the driver asks.
private let carryOut: FakeDriver.Kernel = { name, blocks, threads, shared, parameters, count in
  guard let name, let blocks, let threads, let parameters,
    let current = running.withLock({ $0 })
  else { return }
  do {
    let entry = try PTXEntry(String(cString: name), in: current.text)
    let launch = current.program.steps.launches[0]
    let bias: UInt64 = 0x7000_0000_0000_0000
    // Arrays first, then sizes.
    let memory = launch.arguments.enumerated().map { position, id in
      let declaration = current.program.buffers[id.index]
      return UnsafeMutableRawBufferPointer(
        start: UnsafeMutableRawPointer(bitPattern: UInt(parameters[position] - bias)),
        count: declaration.count.evaluate(current.sizes) * declaration.dtype.byteWidth)
    }
    let sizes = (memory.count..<Int(count)).map { Int(parameters[$0]) }
    var machine = PTXMachine(entry, arrays: memory.map { Array($0) }, sizes: sizes)
    try machine.launch(
      blocks: (0..<3).map { Int(blocks[$0]) }, threads: (0..<3).map { Int(threads[$0]) },
      sharedBytes: Int(shared))
    for (bytes, target) in zip(machine.arrays, memory) { target.copyBytes(from: bytes) }
  } catch {
    running.withLock { $0?.failure = "\(error)" }
  }
}
