import DeviceRuntime
import Testing

extension UnsafeMutableRawBufferPointer {
  fileprivate func fill(with byte: UInt8) {
    for index in indices { self[index] = byte }
  }
}

@Suite struct BufferPoolTests {
  @Test func sizesRiseInFourStepsADoubling() {
    var last = 0
    for index in 0..<SizeClass.count {
      let size = SizeClass(index: index)
      #expect(size.byteCount > last && size.byteCount % 64 == 0)
      #expect(SizeClass(fitting: size.byteCount) == size)
      #expect(SizeClass(fitting: last + 1) == size)
      #expect(size.byteCount <= 256 || size.byteCount - last <= size.byteCount / 5)
      last = size.byteCount
    }
    #expect(SizeClass(fitting: 0).byteCount == 64)
    #expect(SizeClass(fitting: 1 << 20).byteCount == 1 << 20)
    #expect(SizeClass(fitting: (1 << 20) + 1).byteCount == 5 << 18)
  }

  @Test(arguments: [0, 1, 63, 64, 65, 1_000, 4_097, 100_000, 2 << 20, 5_000_001, 64 << 20])
  func blocksAreAlignedAndUsable(byteCount: Int) throws {
    let pool = BufferPool()
    let buffer = try pool.allocate(byteCount: byteCount)
    #expect(buffer.byteCount == byteCount)
    let alignment = byteCount >= 2 << 20 ? 2 << 20 : 64
    #expect(UInt(bitPattern: buffer.address) % UInt(alignment) == 0)
    buffer.withUnsafeMutableBytes { bytes in
      if bytes.count > 0 {
        bytes[0] = 1
        bytes[bytes.count - 1] = 2
      }
    }
    buffer.withUnsafeBytes { bytes in #expect(bytes.last == (byteCount == 0 ? nil : 2)) }
  }

  @Test func memoryIsUsedAgain() throws {
    let pool = BufferPool()
    var addresses: Set<UInt> = []
    for _ in 0..<100 {
      let buffer = try pool.allocate(byteCount: 3 << 20)
      addresses.insert(UInt(bitPattern: buffer.address))
    }
    #expect(addresses.count == 1)
    let statistics = pool.statistics
    #expect(statistics.allocations == 100)
    #expect(statistics.reuses == 99)
    #expect(statistics.systemAllocations == 1)
    #expect(statistics.bytesInUse == 0)
    #expect(statistics.peakBytesInUse == 3 << 20)
    #expect(statistics.bytesCached == 3 << 20)
    pool.trim()
    #expect(pool.statistics.bytesCached == 0)
  }

  @Test func buffersThatLiveDoNotOverlap() throws {
    let pool = BufferPool()
    let buffers = try (0..<200).map { try pool.allocate(byteCount: 100 + $0 * 50) }
    for (index, buffer) in buffers.enumerated() {
      buffer.withUnsafeMutableBytes { $0.fill(with: UInt8(index)) }
    }
    for (index, buffer) in buffers.enumerated() {
      buffer.withUnsafeBytes { bytes in #expect(bytes.allSatisfy { $0 == UInt8(index) }) }
    }
  }

  @Test func theCacheStaysBelowItsLimit() throws {
    let pool = BufferPool(cacheLimit: 1 << 20)
    do {
      let buffers = try (0..<64).map { try pool.allocate(byteCount: 1_024 * ($0 + 1)) }
      #expect(buffers.count == 64)
    }
    #expect(pool.statistics.bytesCached <= 1 << 20)
    #expect(pool.statistics.bytesCached > 1 << 18)
    _ = try pool.allocate(byteCount: 8 << 20)
    #expect(pool.statistics.bytesCached <= 1 << 20, "a block beyond the limit is not kept")
    _ = try pool.allocate(byteCount: 1 << 20)
    #expect(pool.statistics.bytesCached == 1 << 20, "other sizes make room for the last one")
  }

  @Test func impossibleRequestsThrow() throws {
    let pool = BufferPool()
    for byteCount in [Int.max, 1 << 62, HostMemory.physicalBytes + 1] {
      #expect(throws: RuntimeError.outOfMemory(bytes: byteCount)) {
        try pool.allocate(byteCount: byteCount)
      }
    }
    #expect(pool.statistics.allocations == 0)
  }

  @Test func theLimitCoversAllThatIsInUse() throws {
    let pool = BufferPool(limit: 10 << 20)
    let first = try pool.allocate(byteCount: 6 << 20)
    #expect(throws: RuntimeError.outOfMemory(bytes: 5 << 20)) {
      try pool.allocate(byteCount: 5 << 20)
    }
    #expect(try pool.allocate(byteCount: 4 << 20).byteCount == 4 << 20)
    // What is only kept makes room: 6 MiB in use, 4 kept, 3 wanted.
    #expect(try pool.allocate(byteCount: 3 << 20).byteCount == 3 << 20)
    #expect(pool.statistics.bytesCached == 3 << 20)
    #expect(first.byteCount == 6 << 20)
  }

  @Test func threadsShareAPool() async throws {
    let pool = BufferPool(cacheLimit: 1 << 20)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<4 {
        group.addTask {
          for round in 0..<500 {
            let buffer = try pool.allocate(byteCount: (round * 37 + task) % 20_000)
            buffer.withUnsafeMutableBytes {
              $0.fill(with: UInt8(task))
            }
            buffer.withUnsafeBytes { bytes in
              #expect(bytes.allSatisfy { $0 == UInt8(task) })
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(pool.statistics.bytesInUse == 0)
    #expect(pool.statistics.allocations == 2_000)
  }
}
