/// Memory of one tensor or of an intermediate result, aligned to 64 bytes, on one device.
///
/// The address of a GPU's memory means something to that GPU only.
/// Its contents are shared by all who hold it. Who writes must be alone with it: either it was just
/// allocated, or the program that runs has taken it over.
package final class Buffer: Sendable {
  package nonisolated(unsafe) let address: UnsafeMutableRawPointer
  package let byteCount: Int
  /// The device that it is on.
  package var device: DeviceName { home?.pool.device ?? .cpu }
  /// The pool that the block is of, and its size there; nil for memory that somebody lends.
  private let home: (pool: BufferPool, size: SizeClass)?

  /// A buffer over a block of the pool, to which the block returns in the end.
  init(address: UnsafeMutableRawPointer, byteCount: Int, size: SizeClass, pool: BufferPool) {
    self.address = address
    self.byteCount = byteCount
    home = (pool, size)
  }

  /// A buffer over memory that its owner lends, who keeps it alive as long as the buffer and, but
  /// where a program writes there, unchanged.
  ///
  /// - Precondition: the address is a multiple of `HostMemory.alignment`.
  package init(lending address: UnsafeMutableRawPointer, byteCount: Int) {
    precondition(
      UInt(bitPattern: address) % UInt(HostMemory.alignment) == 0, "lent memory is not aligned")
    self.address = address
    self.byteCount = byteCount
    home = nil
  }

  deinit {
    if let home { home.pool.recycle(address, home.size, byteCount: byteCount) }
  }

  /// Calls a body with the contents.
  package func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(device.isInHostMemory, "memory of \(device) is no memory of the computer")
    return try body(UnsafeRawBufferPointer(start: address, count: byteCount))
  }

  /// Calls a body that may change the contents; nobody else may use the buffer meanwhile.
  package func withUnsafeMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(device.isInHostMemory, "memory of \(device) is no memory of the computer")
    return try body(UnsafeMutableRawBufferPointer(start: address, count: byteCount))
  }
}
