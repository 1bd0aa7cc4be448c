import DeviceRuntime
import LoopIR
import SExpression
import TensorJITTestSupport
import Testing

/// The layer over NVIDIA's driver against a stand-in for it: messages, memory, copies, the order of
/// what is done, and that all is given back.
@Suite struct CUDATests {
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return "\(error)"
    }
  }

  // MARK: What is missing

  @Test func aMachineWithoutADriver() {
    let text = message { _ = try CUDADriver(opening: "libcuda-that-is-not-there.so.1") }
    #expect(text.contains("the device cuda:0 is unavailable: there is no NVIDIA driver"))
    #expect(!text.contains("\n"))
  }

  @Test func aDriverWithoutAGPU() {
    let text = message { _ = try FakeDriver(devices: 0) }
    #expect(text.contains("there is an NVIDIA driver, but no GPU"))
  }

  @Test func aLibraryThatIsNoDriver() {
    let text = message { _ = try CUDADriver(opening: "libm.so.6") }
    #expect(text.contains("it has no cuInit"))
  }

  @Test func aGPUThatIsNotThere() throws {
    let fake = try FakeDriver()
    let text = message { _ = try CUDADevice(3, driver: fake.driver) }
    #expect(text == "the device cuda:3 is unavailable: the machine has 1 GPU")
    #expect(fake.isClean)
  }

  @Test func aContextThatCannotBeMade() throws {
    let fake = try FakeDriver()
    fake.fail("cuDevicePrimaryCtxRetain", 2)
    let text = message { _ = try CUDADevice(0, driver: fake.driver) }
    #expect(text.contains("failed at making a context: CUDA_ERROR_OUT_OF_MEMORY"))
    fake.fail("cuStreamCreate", 2)
    #expect(message { _ = try CUDADevice(0, driver: fake.driver) }.contains("making a stream"))
    #expect(fake.isClean)
  }

  @Test func properties() throws {
    let fake = try FakeDriver()
    let device = try CUDADevice(0, driver: fake.driver)
    #expect(device.name == "Fake GPU" && device.capability == (9, 0))
    #expect(fake.driver.version == 12040 && fake.driver.devices == 1)
  }

  // MARK: Memory and copies

  @Test(arguments: [0, 1, 63, 4 << 20 - 1, 4 << 20, (4 << 20) + 1, (13 << 20) + 7])
  func copiesThereAndBack(_ count: Int) throws {
    let fake = try FakeDriver()
    do {
      let device = try CUDADevice(0, driver: fake.driver)
      var bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
      let original = bytes
      let buffer = try bytes.withUnsafeBytes { try device.makeBuffer(copying: $0) }
      // The copy may not have happened yet, but what it copies is safe.
      for index in bytes.indices { bytes[index] = 0 }
      #expect(buffer.device == .cuda(0) && buffer.byteCount == count)
      let copy = try device.read(buffer, into: BufferPool())
      #expect(copy.withUnsafeBytes { $0.elementsEqual(original) })
      #expect(fake.count("unpinned_copies") == 0)
    }
    #expect(fake.isClean)
  }

  @Test func thePoolKeepsMemoryUpToItsCap() throws {
    let fake = try FakeDriver()
    let device = try CUDADevice(0, driver: fake.driver, limit: 3 << 20)
    var first: Buffer? = try device.pool.allocate(byteCount: 1 << 20)
    let address = first?.address
    first = nil
    #expect(device.pool.statistics.bytesCached == 1 << 20)
    first = try device.pool.allocate(byteCount: 1 << 20)
    #expect(first?.address == address && device.pool.statistics.reuses == 1)
    let text = message { _ = try device.pool.allocate(byteCount: 4 << 20) }
    #expect(text == "out of memory on cuda:0: 4194304 bytes wanted")
    first = nil
    #expect(fake.count("live_blocks") == 1)
    device.trim()
    #expect(fake.count("live_blocks") == 0 && device.pool.statistics.bytesCached == 0)
  }

  @Test func aFullDeviceGivesBackWhatIsKeptFirst() throws {
    let fake = try FakeDriver(memory: 2 << 20)
    let device = try CUDADevice(0, driver: fake.driver)
    var held: Buffer? = try device.pool.allocate(byteCount: 1 << 20)
    held = nil
    _ = held
    // Only half of the memory is free, the other half is kept.
    let large = try device.pool.allocate(byteCount: 2 << 20)
    #expect(
      message { _ = try device.pool.allocate(byteCount: 1) }.contains("out of memory on cuda:0"))
    withExtendedLifetime(large) {}
  }

  @Test func memoryThatTheDriverRefuses() throws {
    let fake = try FakeDriver()
    let device = try CUDADevice(0, driver: fake.driver)
    // Once more after the pool has given back what it keeps.
    fake.fail("cuMemAlloc", 2)
    let buffer = try device.pool.allocate(byteCount: 100)
    #expect(buffer.byteCount == 100 && device.pool.statistics.bytesInUse == 128)
  }

  // MARK: Programs

  /// Doubles each of four elements; the stand-in for its code is `double`.
  private static let doubling = """
    (program p
      (buffer x f32 4 :input 0)
      (buffer y f32 4 :output)
      (kernel k0 [(x f32 :read) (y f32 :write)] :origins [add mul]
        (for b 2 :block 0
          (for t 2 :thread 0
            (let v f32 (load x (add (mul b 2) t)))
            (let w f32 (add v v))
            (store y (add (mul b 2) t) w))))
      (launch k0 [x y])
      (return (y y)))
    """

  private static let ptx = """
    .version 8.0
    .target sm_90a
    .visible .entry k0(.param .u64 k0_param_0, .param .u64 k0_param_1) { ret; }
    """

  private func program(
    _ text: String, _ device: CUDADevice, ptx: String = CUDATests.ptx
  ) throws -> CUDAProgram {
    let program = try LoopProgram(parsing: SourceText(text))
    try program.verify()
    return try CUDAProgram(
      program, ptx: ptx, entries: program.kernels.map(\.name), on: device)
  }

  private func buffer(_ values: [Float], _ device: CUDADevice) throws -> Buffer {
    try values.withUnsafeBytes { try device.makeBuffer(copying: $0) }
  }

  private func floats(_ buffer: Buffer, _ device: CUDADevice) throws -> [Float] {
    try device.read(buffer, into: BufferPool()).withUnsafeBytes {
      Array($0.bindMemory(to: Float.self))
    }
  }

  private func run(
    _ program: CUDAProgram, _ inputs: [Buffer]
  ) throws -> [Buffer] {
    try program.run(
      inputs: inputs, host: BufferPool(), workers: WorkerPool(threads: 1), threads: 1)
  }

  @Test func runsGoOnWhileNobodyWaits() throws {
    let fake = try FakeDriver()
    do {
      let device = try CUDADevice(0, driver: fake.driver)
      fake.setKernel(double)
      let program = try program(CUDATests.doubling, device)
      let x = try buffer([1, 2, 3, 4], device)
      let waits = fake.count("waits")
      let once = try run(program, [x])
      let twice = try run(program, once)
      #expect(fake.count("launches") == 2)
      #expect(fake.count("waits") == waits)
      #expect(try floats(twice[0], device) == [4, 8, 12, 16])
      #expect(try floats(once[0], device) == [2, 4, 6, 8])
    }
    #expect(fake.isClean)
  }

  @Test func equalCodeIsLoadedOnce() throws {
    let fake = try FakeDriver()
    let device = try CUDADevice(0, driver: fake.driver)
    let first = try program(CUDATests.doubling, device)
    let second = try program(CUDATests.doubling, device)
    #expect(fake.count("modules_loaded") == 1)
    device.trim()
    let third = try program(CUDATests.doubling, device)
    #expect(fake.count("modules_loaded") == 2 && fake.count("live_modules") == 2)
    withExtendedLifetime((first, second, third)) {}
  }

  @Test func codeThatTheDriverRefuses() throws {
    let fake = try FakeDriver()
    let device = try CUDADevice(0, driver: fake.driver)
    let text = message { _ = try program(CUDATests.doubling, device, ptx: "nonsense") }
    #expect(text.contains("failed at loading code: CUDA_ERROR_INVALID_PTX"))
    #expect(text.contains("Missing .version directive"))
  }

  @Test func aLaunchThatFails() throws {
    let fake = try FakeDriver()
    let device = try CUDADevice(0, driver: fake.driver)
    let program = try program(CUDATests.doubling, device)
    let x = try buffer([1, 2, 3, 4], device)
    fake.fail("cuLaunchKernel", 719)
    let text = message { _ = try run(program, [x]) }
    #expect(text.contains("failed at launching the kernel k0 (add, mul): CUDA_ERROR_LAUNCH_FAILED"))
  }

  @Test func aKernelThatFails() throws {
    let fake = try FakeDriver()
    let device = try CUDADevice(0, driver: fake.driver)
    let program = try program(CUDATests.doubling, device)
    let x = try buffer([1, 2, 3, 4], device)
    fake.fail("kernel", 700)
    let y = try run(program, [x])
    let text = message { _ = try floats(y[0], device) }
    #expect(text.contains("CUDA_ERROR_ILLEGAL_ADDRESS"))
    #expect(text.contains("in the kernel k0 (add, mul)"))
    // The context is lost; it says so instead of giving wrong numbers.
    #expect(!message { _ = try floats(x, device) }.isEmpty)
  }

  @Test func predicatesAndCopies() throws {
    let fake = try FakeDriver()
    let device = try CUDADevice(0, driver: fake.driver)
    let text = """
      (program p
        (buffer c bool 1 :input 0)
        (buffer x f32 4 :input 1)
        (buffer z f32 4 :constant [5 6 7 8])
        (buffer y f32 4 :output)
        (if c (then (copy x y)) (else (copy z y)))
        (return (y y)))
      """
    let program = try program(text, device)
    let x = try buffer([1, 2, 3, 4], device)
    for (predicate, expected) in [(true, [1, 2, 3, 4]), (false, [5, 6, 7, 8])] as [(Bool, [Float])]
    {
      let c = try [UInt8(predicate ? 1 : 0)].withUnsafeBytes { try device.makeBuffer(copying: $0) }
      #expect(try floats(run(program, [c, x])[0], device) == expected)
    }
  }

  @Test func libraryCallsWorkOnTheComputersMemory() throws {
    let fake = try FakeDriver()
    let device = try CUDADevice(0, driver: fake.driver)
    let text = """
      (program p
        (buffer a f32 4 :input 0)
        (buffer b f32 4 :input 1)
        (buffer c f32 4 :output)
        (matrix-product f32 :batch 1 :m 2 :n 2 :k 2 :a a :b b :c c)
        (return (c c)))
      """
    let program = try program(text, device)
    let a = try buffer([1, 2, 3, 4], device)
    let b = try buffer([5, 6, 7, 8], device)
    #expect(try floats(run(program, [a, b])[0], device) == [19, 22, 43, 50])
    #expect(fake.count("unpinned_copies") == 0)
  }

  @Test func manyThreadsUseOneDevice() async throws {
    let fake = try FakeDriver()
    let device = try CUDADevice(0, driver: fake.driver)
    fake.setKernel(double)
    let program = try program(CUDATests.doubling, device)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for task in 0..<8 {
        group.addTask {
          for round in 0..<20 {
            let value = Float(task * 100 + round)
            let x = try buffer([value, 1, 2, 3], device)
            guard try floats(run(program, [x])[0], device) == [2 * value, 2, 4, 6] else {
              return false
            }
          }
          return true
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }
}

/// What `CUDATests.doubling` does, on the stand-in's memory, which lies at a distance from the
/// addresses that programs see.
private let double: FakeDriver.Kernel = { _, blocks, threads, _, parameters, count in
  guard let parameters, let blocks, let threads, count == 2 else { return }
  let bias: UInt64 = 0x7000_0000_0000_0000
  guard let x = UnsafePointer<Float>(bitPattern: UInt(parameters[0] - bias)),
    let y = UnsafeMutablePointer<Float>(bitPattern: UInt(parameters[1] - bias))
  else { return }
  for index in 0..<Int(blocks[0] * threads[0]) { y[index] = x[index] + x[index] }
}
