import Locking

/// Copies between the computer's memory and a GPU's, through memory that the system may not move.
///
/// Large copies go in chunks through two blocks in turn: while the GPU copies one, the processor fills
/// or empties the other.
final class PinnedStaging: Sendable {
  /// The bytes of a block.
  static let chunk = 4 << 20

  private let context: CUDAContext
  /// The blocks, made when they are first wanted; who holds the lock uses them.
  private let blocks = Lock<Blocks?>(nil)

  init(_ context: CUDAContext) { self.context = context }

  /// Copies bytes to the GPU. The source may be changed when this returns; the copy is in place for
  /// whatever is given to the stream afterwards.
  func upload(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer)
    throws(RuntimeError)
  {
    guard let start = source.baseAddress, !source.isEmpty else { return }
    let address = CUDADriver.Address(UInt(bitPattern: target))
    try withBlocks { (blocks) throws(RuntimeError) in
      for (number, offset) in stride(from: 0, to: source.count, by: Self.chunk).enumerated() {
        let count = min(Self.chunk, source.count - offset)
        let block = number % 2
        try blocks.waitUntilFree(block, context)
        blocks.address(block).copyMemory(from: start + offset, byteCount: count)
        try context.perform("copying \(source.count) bytes to it") {
          context.driver.copyToDevice(
            address + UInt64(offset), blocks.address(block), count, context.stream)
        }
        try blocks.markUsed(block)
      }
    }
  }

  /// Copies bytes from the GPU, when all that the stream was given before is done.
  func download(_ source: UnsafeRawPointer, to target: UnsafeMutableRawBufferPointer)
    throws(RuntimeError)
  {
    guard let start = target.baseAddress, !target.isEmpty else { return }
    let address = CUDADriver.Address(UInt(bitPattern: source))
    let total = target.count
    try withBlocks { (blocks) throws(RuntimeError) in
      let offsets = Array(stride(from: 0, to: total, by: Self.chunk))
      func begin(_ number: Int) throws(RuntimeError) {
        try blocks.waitUntilFree(number % 2, context)
        try context.perform("copying \(total) bytes from it") {
          context.driver.copyToHost(
            blocks.address(number % 2), address + UInt64(offsets[number]),
            min(Self.chunk, total - offsets[number]), context.stream)
        }
        try blocks.markUsed(number % 2)
      }
      try begin(0)
      for number in offsets.indices {
        if number + 1 < offsets.count { try begin(number + 1) }
        try blocks.waitUntilFree(number % 2, context)
        (start + offsets[number]).copyMemory(
          from: blocks.address(number % 2),
          byteCount: min(Self.chunk, total - offsets[number]))
      }
    }
  }

  private func withBlocks(_ body: (Blocks) throws(RuntimeError) -> Void) throws(RuntimeError) {
    try blocks.withLock { (blocks) throws(RuntimeError) in
      let current: Blocks
      if let known = blocks {
        current = known
      } else {
        current = try Blocks(context)
        blocks = current
      }
      try body(current)
    }
  }

  /// Two blocks of pinned memory, and when the GPU is done with each.
  private final class Blocks {
    private let memory: PinnedMemory
    private let first: CUDAEvent
    private let second: CUDAEvent
    private var isUsed = [false, false]

    init(_ context: CUDAContext) throws(RuntimeError) {
      memory = try PinnedMemory(context, byteCount: 2 * PinnedStaging.chunk)
      first = try CUDAEvent(context)
      second = try CUDAEvent(context)
    }

    func address(_ block: Int) -> UnsafeMutableRawPointer {
      memory.address + block * PinnedStaging.chunk
    }

    func markUsed(_ block: Int) throws(RuntimeError) {
      if block == 0 { try first.record() } else { try second.record() }
      isUsed[block] = true
    }

    func waitUntilFree(_ block: Int, _ context: CUDAContext) throws(RuntimeError) {
      guard isUsed[block] else { return }
      isUsed[block] = false
      let status = block == 0 ? first.wait() : second.wait()
      if status == 0 { return }
      throw .deviceFailed(
        device: context.device, operation: "copying", reason: context.driver.describe(status))
    }
  }
}

/// Owns memory of the computer that the system may not move, which a GPU reads by itself.
struct PinnedMemory: ~Copyable {
  nonisolated(unsafe) let address: UnsafeMutableRawPointer
  private let context: CUDAContext

  init(_ context: CUDAContext, byteCount: Int) throws(RuntimeError) {
    var address: UnsafeMutableRawPointer?
    try context.perform("pinning \(byteCount) bytes") {
      context.driver.allocatePinned(&address, byteCount)
    }
    guard let address else { throw .outOfMemory(bytes: byteCount) }
    self.address = address
    self.context = context
  }

  /// Waits for copies that may still read or write the memory.
  deinit {
    _ = context.withCurrent { context.driver.synchronizeStream(context.stream) }
    _ = context.withCurrent { context.driver.freePinned(address) }
  }
}
