/// Where a pool takes its blocks from.
package struct MemorySource: Sendable {
  /// The device that the memory is on.
  package var device: DeviceName
  /// All memory that there is.
  package var byteCount: Int
  /// A block of a size, or nil where there is no more; its contents are arbitrary. Throws where the
  /// device has failed.
  package var allocate: @Sendable (SizeClass) throws(RuntimeError) -> UnsafeMutableRawPointer?
  /// Gives a block of a size back.
  package var free: @Sendable (UnsafeMutableRawPointer, SizeClass) -> Void

  package init(
    device: DeviceName, byteCount: Int,
    allocate: @escaping @Sendable (SizeClass) throws(RuntimeError) -> UnsafeMutableRawPointer?,
    free: @escaping @Sendable (UnsafeMutableRawPointer, SizeClass) -> Void
  ) {
    self.device = device
    self.byteCount = byteCount
    self.allocate = allocate
    self.free = free
  }

  /// This computer's memory, for a device that uses it.
  package static func host(for device: DeviceName = .cpu) -> MemorySource {
    MemorySource(
      device: device, byteCount: HostMemory.physicalBytes, allocate: HostMemory.allocate,
      free: HostMemory.free)
  }
}
