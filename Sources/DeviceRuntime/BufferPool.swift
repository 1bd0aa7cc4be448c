import Locking

/// What a pool has done so far; bytes are those of whole blocks.
package struct BufferPoolStatistics: Sendable, Equatable {
  /// Bytes of buffers that live now.
  package var bytesInUse = 0
  /// The most bytes of buffers that ever lived at one time.
  package var peakBytesInUse = 0
  /// Bytes kept for the next buffers.
  package var bytesCached = 0
  /// Buffers made so far.
  package var allocations = 0
  /// Buffers made from memory of earlier ones.
  package var reuses = 0
  /// Blocks taken from the system.
  package var systemAllocations = 0
}

/// Memory of a device that is used again instead of being given back.
///
/// Fresh memory costs a page fault for each page, which is more than most kernels take. Blocks of
/// each size form a stack: what was used last is handed out first, while it is still in the cache.
package final class BufferPool: Sendable {
  /// The most bytes that the pool keeps for later.
  package let cacheLimit: Int
  /// The most bytes of buffers that may live at one time.
  package let limit: Int
  /// Whether each buffer has a mapping of its own, and where its guard is.
  package let bufferGuard: BufferGuard
  private let source: MemorySource
  private let state = Lock(State())

  private struct State {
    var free = [[Block]](repeating: [], count: SizeClass.count)
    var statistics = BufferPoolStatistics()

    /// Takes the blocks of a size out of the cache.
    mutating func takeAll(_ size: SizeClass) -> [Block] {
      let blocks = free[size.index]
      free[size.index] = []
      statistics.bytesCached -= blocks.count * size.byteCount
      return blocks
    }
  }

  /// A block that is in no buffer.
  private struct Block: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
  }

  /// - Parameters:
  ///   - cacheLimit: by default a quarter of the memory, at most 4 GiB.
  ///   - limit: by default all of the memory that the process may have.
  ///   - bufferGuard: with one, every access outside of a buffer traps, and nothing is kept; for
  ///     memory of this computer.
  ///   - source: where blocks come from.
  package init(
    cacheLimit: Int? = nil, limit: Int? = nil, bufferGuard: BufferGuard = .none,
    source: MemorySource = .host()
  ) {
    self.bufferGuard = source.device.isInHostMemory ? bufferGuard : .none
    self.source = source
    self.cacheLimit = cacheLimit ?? min(source.byteCount / 4, 4 << 30)
    self.limit = limit ?? source.byteCount
  }

  /// The device that the memory is on.
  package var device: DeviceName { source.device }

  deinit { trim() }

  /// A buffer of arbitrary contents, aligned to 64 bytes.
  ///
  /// - Throws: `outOfMemory` where the request, with all that is in use, goes beyond the limit, or
  ///   where the system has no memory.
  package func allocate(byteCount: Int) throws(RuntimeError) -> Buffer {
    precondition(byteCount >= 0, "a buffer of negative size")
    if byteCount > limit { throw outOfMemory(byteCount) }
    let size = SizeClass(fitting: byteCount)
    let block =
      if bufferGuard == .none, let block = reuse(size) {
        block
      } else {
        try fresh(size, for: byteCount)
      }
    return Buffer(address: block.address, byteCount: byteCount, size: size, pool: self)
  }

  private func outOfMemory(_ byteCount: Int) -> RuntimeError {
    device.isInHostMemory
      ? .outOfMemory(bytes: byteCount) : .deviceOutOfMemory(device: device, bytes: byteCount)
  }

  private func reuse(_ size: SizeClass) -> Block? {
    state.withLock { state in
      guard let block = state.free[size.index].popLast() else { return nil }
      state.statistics.bytesCached -= size.byteCount
      state.statistics.reuses += 1
      state.statistics.countAllocation(size)
      return block
    }
  }

  private func fresh(_ size: SizeClass, for byteCount: Int) throws(RuntimeError) -> Block {
    let (granted, crowded) = state.withLock { state in
      let statistics = state.statistics
      if statistics.bytesInUse > limit - byteCount { return (false, false) }
      state.statistics.countAllocation(size)
      return (true, statistics.bytesInUse + statistics.bytesCached > limit - byteCount)
    }
    guard granted else { throw outOfMemory(byteCount) }
    if crowded { trim() }
    let address: UnsafeMutableRawPointer
    do throws(RuntimeError) {
      address = try systemMemory(size, byteCount)
    } catch {
      state.withLock { $0.statistics.bytesInUse -= size.byteCount }
      throw error
    }
    state.withLock { $0.statistics.systemAllocations += 1 }
    return Block(address: address)
  }

  /// A block of the source's; where it has none, once more without what is kept.
  private func systemMemory(
    _ size: SizeClass, _ byteCount: Int
  ) throws(RuntimeError) -> UnsafeMutableRawPointer {
    for isLast in [false, true] {
      let address =
        switch bufferGuard {
        case .none: try source.allocate(size)
        case .behind, .inFront: guarded(byteCount).allocate()
        }
      if let address { return address }
      if !isLast { trim() }
    }
    throw outOfMemory(byteCount)
  }

  private func guarded(_ byteCount: Int) -> GuardedMemory {
    GuardedMemory(byteCount: byteCount, guardedBehind: bufferGuard == .behind)
  }

  /// Takes a buffer's memory back, to keep it while the cache has room.
  ///
  /// Where it has none, blocks of other sizes go first, the largest at the head: what was just
  /// used is likely to be wanted again.
  func recycle(_ address: UnsafeMutableRawPointer, _ size: SizeClass, byteCount: Int) {
    if bufferGuard != .none {
      state.withLock { $0.statistics.bytesInUse -= size.byteCount }
      guarded(byteCount).free(address)
      return
    }
    let block = Block(address: address)
    let evicted = state.withLock { state -> [(Block, SizeClass)] in
      state.statistics.bytesInUse -= size.byteCount
      if size.byteCount > cacheLimit { return [(block, size)] }
      var evicted: [(Block, SizeClass)] = []
      state.free[size.index].append(block)
      state.statistics.bytesCached += size.byteCount
      var index = SizeClass.count - 1
      while state.statistics.bytesCached > cacheLimit, index >= 0 {
        let other = SizeClass(index: index)
        if other != size { evicted += state.takeAll(other).map { ($0, other) } }
        index -= 1
      }
      if state.statistics.bytesCached > cacheLimit, let block = state.free[size.index].popLast() {
        state.statistics.bytesCached -= size.byteCount
        evicted.append((block, size))
      }
      return evicted
    }
    for (block, size) in evicted { source.free(block.address, size) }
  }

  /// Gives all memory that is in no buffer back to the system.
  package func trim() {
    for index in 0..<SizeClass.count {
      let size = SizeClass(index: index)
      for block in state.withLock({ $0.takeAll(size) }) { source.free(block.address, size) }
    }
  }

  /// What the pool holds, and has done so far.
  package var statistics: BufferPoolStatistics { state.withLock { $0.statistics } }
}

extension BufferPoolStatistics {
  fileprivate mutating func countAllocation(_ size: SizeClass) {
    allocations += 1
    bytesInUse += size.byteCount
    peakBytesInUse = max(peakBytesInUse, bytesInUse)
  }
}
