import Synchronization

/// Owns a GPU's context, the state that the driver keeps for this process, and the stream on which all
/// of our work on the GPU is done in order.
///
/// Any thread may use it: each operation makes the context the thread's current one meanwhile.
final class CUDAContext: Sendable {
  let driver: CUDADriver
  let device: DeviceName
  private let ordinal: CUDADriver.Device
  nonisolated(unsafe) private let context: CUDADriver.Handle
  nonisolated(unsafe) let stream: CUDADriver.Handle

  /// - Throws: `deviceUnavailable` where there is no such GPU, `deviceFailed` where it cannot be used.
  init(_ driver: CUDADriver, _ number: Int32) throws(RuntimeError) {
    let device = DeviceName.cuda(number)
    guard (0..<driver.devices).contains(Int(number)) else {
      throw .deviceUnavailable(
        device: device,
        reason: "the machine has \(driver.devices) GPU\(driver.devices == 1 ? "" : "s")")
    }
    func check(_ status: CUDADriver.Status, _ operation: String) throws(RuntimeError) {
      if status == 0 { return }
      throw .deviceFailed(device: device, operation: operation, reason: driver.describe(status))
    }
    var ordinal: CUDADriver.Device = 0
    try check(driver.getDevice(&ordinal, number), "opening it")
    var context: CUDADriver.Handle?
    try check(driver.retainContext(&context, ordinal), "making a context")
    guard let context else {
      throw .deviceFailed(device: device, operation: "making a context", reason: "there is none")
    }
    var stream: CUDADriver.Handle?
    var status = driver.pushContext(context)
    if status == 0 {
      status = driver.createStream(&stream, CUDADriver.nonBlockingStream)
      var popped: CUDADriver.Handle?
      _ = driver.popContext(&popped)
    }
    guard status == 0, let stream else {
      _ = driver.releaseContext(ordinal)
      throw .deviceFailed(
        device: device, operation: "making a stream", reason: driver.describe(status))
    }
    self.driver = driver
    self.device = device
    self.ordinal = ordinal
    self.context = context
    self.stream = stream
  }

  deinit {
    _ = withCurrent { driver.destroyStream(stream) }
    _ = driver.releaseContext(ordinal)
  }

  /// Calls a body with the context as the thread's current one, and leaves the thread's own as it was.
  func withCurrent(_ body: () -> CUDADriver.Status) -> CUDADriver.Status {
    let pushed = driver.pushContext(context)
    if pushed != 0 { return pushed }
    defer {
      var popped: CUDADriver.Handle?
      _ = driver.popContext(&popped)
    }
    return body()
  }

  /// Carries out an operation.
  ///
  /// - Throws: `deviceFailed` naming it, where the driver refuses it.
  func perform(
    _ operation: @autoclosure () -> String, _ body: () -> CUDADriver.Status
  ) throws(RuntimeError) {
    try check(withCurrent(body), operation())
  }

  /// Throws `deviceFailed` naming an operation that has ended with a status other than success.
  func check(
    _ status: CUDADriver.Status, _ operation: @autoclosure () -> String
  ) throws(RuntimeError) {
    if status == 0 { return }
    throw .deviceFailed(
      device: device, operation: operation(), reason: driver.describe(status))
  }

  /// One of the GPU's properties by the driver's number of it.
  func attribute(_ number: Int32) throws(RuntimeError) -> Int {
    var value: Int32 = 0
    try perform("reading its properties") { driver.deviceAttribute(&value, number, ordinal) }
    return Int(value)
  }

  /// What the maker calls it.
  var name: String {
    var text = [CChar](repeating: 0, count: 256)
    guard driver.deviceName(&text, 256, ordinal) == 0 else { return "unknown" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// All its memory in bytes.
  func memory() throws(RuntimeError) -> Int {
    var bytes = 0
    try perform("reading its properties") { driver.deviceMemory(&bytes, ordinal) }
    return bytes
  }

  /// The GPU's memory as a source of blocks. A block that is used again is used later on the same
  /// stream, so nobody has to wait for what still runs on it.
  func memorySource() throws(RuntimeError) -> MemorySource {
    MemorySource(
      device: device, byteCount: try memory(),
      allocate: { (size) throws(RuntimeError) in
        var address: CUDADriver.Address = 0
        let status = self.withCurrent { self.driver.allocate(&address, size.byteCount) }
        if status == CUDADriver.outOfMemory { return nil }
        try self.check(status, "taking \(size.byteCount) bytes of its memory")
        return UnsafeMutableRawPointer(bitPattern: UInt(address))
      },
      free: { block, _ in
        _ = self.withCurrent { self.driver.free(CUDADriver.Address(UInt(bitPattern: block))) }
      })
  }
}
