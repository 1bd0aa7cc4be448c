import Glibc

/// Where a pool puts pages that cannot be touched, so that code that leaves its buffer traps.
package enum BufferGuard: String, Hashable, Sendable, CaseIterable {
  /// Nowhere: blocks are kept and used again.
  case none
  /// Right behind each buffer, rounded up to a multiple of the alignment; of what that adds, writes
  /// are noticed when the buffer is given back.
  case behind
  /// Right in front of each buffer.
  case inFront = "in-front"
}

/// Blocks that are mapped on their own, between two pages that cannot be touched.
///
/// They begin with contents that no kernel must take for values: NaN in every floating type.
struct GuardedMemory {
  private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))
  private static let filling: UInt8 = 0xFF

  private let byteCount: Int
  private let alignedBytes: Int
  private let usableBytes: Int
  private let buffersEndAtGuard: Bool

  /// The layout of a block of so many bytes.
  init(byteCount: Int, guardedBehind: Bool) {
    self.byteCount = byteCount
    alignedBytes = GuardedMemory.roundedUp(byteCount, HostMemory.alignment)
    usableBytes = GuardedMemory.roundedUp(alignedBytes, GuardedMemory.page)
    buffersEndAtGuard = guardedBehind
  }

  private static func roundedUp(_ count: Int, _ multiple: Int) -> Int {
    (count + multiple - 1) / multiple * multiple
  }

  private var mappedBytes: Int { usableBytes + 2 * GuardedMemory.page }

  /// Where the block lies in its mapping.
  private var offset: Int {
    GuardedMemory.page + (buffersEndAtGuard ? usableBytes - alignedBytes : 0)
  }

  /// The number of bytes from the block's end to the next page that cannot be touched.
  private var slack: Int { GuardedMemory.page + usableBytes - offset - byteCount }

  /// A new block, or nil where the system has none.
  func allocate() -> UnsafeMutableRawPointer? {
    let mapping = mmap(
      nil, mappedBytes, PROT_NONE, MAP_PRIVATE | Int32(MAP_ANONYMOUS) | Int32(MAP_NORESERVE), -1, 0)
    guard let mapping, mapping != MAP_FAILED else { return nil }
    let usable = mapping + GuardedMemory.page
    guard usableBytes == 0 || mprotect(usable, usableBytes, PROT_READ | PROT_WRITE) == 0 else {
      munmap(mapping, mappedBytes)
      return nil
    }
    memset(usable, Int32(GuardedMemory.filling), usableBytes)
    return mapping + offset
  }

  /// Gives a block back, after checking what stands between its end and the page behind it.
  func free(_ block: UnsafeMutableRawPointer) {
    let isIntact = (0..<slack).allSatisfy {
      block.load(fromByteOffset: byteCount + $0, as: UInt8.self) == GuardedMemory.filling
    }
    precondition(isIntact, "something was written beyond a buffer of \(byteCount) bytes")
    munmap(block - offset, mappedBytes)
  }
}
