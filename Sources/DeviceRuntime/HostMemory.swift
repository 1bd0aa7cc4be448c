import Glibc
import ScalarIR

/// Blocks of memory as the system gives them.
package enum HostMemory {
  /// Blocks of at least this size are mapped on their own, at multiples of it, on huge pages.
  ///
  /// A page fault costs about as much for a huge page as for 100 small ones, which is what it
  /// replaces five times over.
  package static let hugePage = 2 << 20

  /// The alignment of every block: a cache line, and the widest vector.
  package static let alignment = 64

  /// A block of the size, or nil where the system has none; its contents are arbitrary.
  package static func allocate(_ size: SizeClass) -> UnsafeMutableRawPointer? {
    let byteCount = size.byteCount
    return byteCount < hugePage ? aligned_alloc(alignment, byteCount) : map(byteCount)
  }

  /// Gives a block of the size back to the system.
  package static func free(_ block: UnsafeMutableRawPointer, _ size: SizeClass) {
    if size.byteCount < hugePage { Glibc.free(block) } else { munmap(block, size.byteCount) }
  }

  /// Maps memory at a multiple of the huge page's size, by mapping more and giving the ends back.
  private static func map(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    let (total, overflow) = byteCount.addingReportingOverflow(hugePage)
    if overflow { return nil }
    let mapped = mmap(
      nil, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | Int32(MAP_ANONYMOUS) | Int32(MAP_NORESERVE),
      -1, 0)
    guard let mapped, mapped != MAP_FAILED else { return nil }
    let block = mapped.alignedUp(toMultipleOf: hugePage)
    let head = block - mapped
    if head > 0 { munmap(mapped, head) }
    if head < hugePage { munmap(block + byteCount, hugePage - head) }
    madvise(block, byteCount, Int32(MADV_HUGEPAGE))
    return block
  }

  /// The memory that this process may have: the machine's, or what its limit of addresses or its
  /// control group leaves of it.
  package static let physicalBytes: Int = {
    let group = TextFile.read("/sys/fs/cgroup/memory.max", limit: 64)
    // The file says "max" where there is no limit.
    let digits = group?.prefix { $0.isNumber } ?? ""
    return min(ProcessMemory.limit, Int(digits) ?? .max)
  }()
}
