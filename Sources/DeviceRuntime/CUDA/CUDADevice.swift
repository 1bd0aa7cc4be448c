import Locking

/// One of NVIDIA's GPUs: its memory, copies to and from it, the code that is loaded, and the one
/// stream on which all that happens in order.
///
/// Work is given to the stream and goes on while the caller does something else; who wants to read
/// waits. Any thread may use a device.
package final class CUDADevice: Sendable {
  let context: CUDAContext
  let modules = CUDAModuleCache()
  private let staging: PinnedStaging
  /// The pool of the device's memory.
  package let pool: BufferPool
  /// The kernels that were launched since somebody last waited for all, for messages.
  private let launches = Lock(Launches())

  /// Launches whose outcome is not known; of very many, the last ones.
  private struct Launches {
    var labels: [String] = []
    /// The number of launches before the first of these.
    var earlier = 0
    /// Of those, how many nobody has waited for.
    var forgotten = 0

    var count: Int { earlier + labels.count }

    mutating func note(_ label: String) {
      labels.append(label)
      guard labels.count > 16 else { return }
      labels.removeFirst()
      earlier += 1
      forgotten += 1
    }

    /// Lets those go that have ended, the first `count`.
    mutating func end(_ count: Int) {
      let ended = min(labels.count, max(0, count - earlier))
      labels.removeFirst(ended)
      earlier += ended
      if count >= earlier { forgotten = 0 }
    }
  }

  /// The compute capability, such as (9, 0).
  package let capability: (major: Int, minor: Int)
  package var name: String { context.name }
  package var device: DeviceName { context.device }

  /// Opens a GPU.
  ///
  /// - Parameter limit: the most bytes of its memory to use; all without it.
  /// - Throws: `deviceUnavailable` where there is none of the number, and why.
  package init(
    _ number: Int32, driver: CUDADriver? = nil, limit: Int? = nil
  ) throws(RuntimeError) {
    let library: CUDADriver
    if let driver {
      library = driver
    } else {
      do { library = try CUDADriver.shared() } catch {
        guard case .deviceUnavailable(_, let reason) = error else { throw error }
        throw .deviceUnavailable(device: .cuda(number), reason: reason)
      }
    }
    context = try CUDAContext(library, number)
    capability = (
      major: try context.attribute(CUDADriver.capabilityAttributes[0]),
      minor: try context.attribute(CUDADriver.capabilityAttributes[1])
    )
    staging = PinnedStaging(context)
    // Taking memory from the driver and giving it back waits for the GPU, so all of it is kept.
    let source = try context.memorySource()
    pool = BufferPool(cacheLimit: limit ?? source.byteCount, limit: limit, source: source)
  }

  /// Copies bytes to the device; they may be changed when this returns.
  func upload(_ bytes: UnsafeRawBufferPointer, to address: UnsafeMutableRawPointer)
    throws(RuntimeError)
  {
    try explained { () throws(RuntimeError) in try staging.upload(bytes, to: address) }
  }

  /// Copies bytes from the device, when all that was begun before is done.
  func download(_ address: UnsafeRawPointer, to bytes: UnsafeMutableRawBufferPointer)
    throws(RuntimeError)
  {
    let begun = launches.withLock { $0.count }
    try explained { () throws(RuntimeError) in try staging.download(address, to: bytes) }
    if !bytes.isEmpty { launches.withLock { $0.end(begun) } }
  }

  /// A buffer on the device that holds the bytes.
  package func makeBuffer(copying bytes: UnsafeRawBufferPointer) throws(RuntimeError) -> Buffer {
    let buffer = try allocate(byteCount: bytes.count)
    try upload(bytes, to: buffer.address)
    return buffer
  }

  /// A buffer of `pool` with what a buffer of the device holds.
  package func read(_ buffer: Buffer, into pool: BufferPool) throws(RuntimeError) -> Buffer {
    let copy = try pool.allocate(byteCount: buffer.byteCount)
    try download(
      buffer.address,
      to: UnsafeMutableRawBufferPointer(start: copy.address, count: buffer.byteCount))
    return copy
  }

  /// Copies bytes on the device, in order with its other work.
  package func copy(
    from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int
  ) throws(RuntimeError) {
    if byteCount == 0 { return }
    try explained { () throws(RuntimeError) in
      try context.perform("copying \(byteCount) bytes on it") {
        context.driver.copyOnDevice(
          CUDADriver.Address(UInt(bitPattern: target)),
          CUDADriver.Address(UInt(bitPattern: source)), byteCount, context.stream)
      }
    }
  }

  /// Waits until the device has done all that it was given.
  ///
  /// - Throws: `deviceFailed` naming the kernels of which one went wrong.
  package func synchronize() throws(RuntimeError) {
    let begun = launches.withLock { $0.count }
    try explained { () throws(RuntimeError) in
      try context.perform("waiting") { context.driver.synchronizeStream(context.stream) }
    }
    launches.withLock { $0.end(begun) }
  }

  /// Forgets loaded code that no program uses and gives memory that is kept back to the driver.
  package func trim() {
    modules.clear()
    pool.trim()
  }

  /// Launches a kernel, whose outcome is not known until somebody waits.
  ///
  /// - Parameter label: its name and ops, for messages.
  func launch(_ label: String, _ body: () -> CUDADriver.Status) throws(RuntimeError) {
    try explained { () throws(RuntimeError) in
      try context.perform("launching the kernel \(label)", body)
    }
    launches.withLock { $0.note(label) }
  }

  /// Takes memory of the pool.
  func allocate(byteCount: Int) throws(RuntimeError) -> Buffer {
    var buffer: Buffer?
    try explained { () throws(RuntimeError) in buffer = try pool.allocate(byteCount: byteCount) }
    guard let buffer else { throw .deviceOutOfMemory(device: device, bytes: byteCount) }
    return buffer
  }

  /// What goes wrong while a kernel runs is told by whatever the driver is asked for next: it names
  /// the kernels.
  private func explained(_ body: () throws(RuntimeError) -> Void) throws(RuntimeError) {
    do { try body() } catch {
      guard case .deviceFailed(let device, let operation, let reason) = error else { throw error }
      let launches = launches.withLock { $0 }
      if launches.labels.isEmpty { throw error }
      let isOne = launches.labels.count == 1 && launches.forgotten == 0
      throw .deviceFailed(
        device: device, operation: operation,
        reason: "\(reason); in \(isOne ? "the kernel" : "one of the kernels") "
          + launches.labels.joined(separator: ", ")
          + (launches.forgotten > 0 ? ", or one of \(launches.forgotten) before them" : ""))
    }
  }
}
