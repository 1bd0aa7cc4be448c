import Glibc
import ScalarIR

/// Array memory between two pages that cannot be touched, aligned as kernels expect it.
///
/// The bytes from its end up to the page's are checked for writes.
final class GuardedArray {
  let dtype: DType
  let count: Int
  let pointer: UnsafeMutableRawPointer
  private let mapping: UnsafeMutableRawPointer
  private let mappedBytes: Int
  private let slack: Int

  init(_ dtype: DType, _ bits: [UInt64]) {
    self.dtype = dtype
    count = bits.count
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let bytes = count * dtype.byteWidth
    let rounded = (bytes + 63) / 64 * 64
    let pages = (rounded + page - 1) / page * page
    mappedBytes = pages + 2 * page
    mapping = mmap(
      nil, mappedBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    mprotect(mapping, page, PROT_NONE)
    mprotect(mapping + page + pages, page, PROT_NONE)
    pointer = mapping + page + pages - rounded
    slack = rounded - bytes
    for (position, word) in bits.enumerated() {
      withUnsafeBytes(of: word.littleEndian) { word in
        (pointer + position * dtype.byteWidth).copyMemory(
          from: word.baseAddress!, byteCount: dtype.byteWidth)
      }
    }
    memset(pointer + bytes, 0xA5, slack)
  }

  convenience init(_ dtype: DType, count: Int, filledWith value: UInt64 = 0x5A) {
    self.init(dtype, [UInt64](repeating: value, count: count))
  }

  convenience init(_ values: [Float]) { self.init(.f32, values.map { UInt64($0.bitPattern) }) }

  deinit { munmap(mapping, mappedBytes) }

  /// The elements as bit patterns.
  var bits: [UInt64] {
    (0..<count).map { position in
      var word: UInt64 = 0
      memcpy(&word, pointer + position * dtype.byteWidth, dtype.byteWidth)
      return word
    }
  }

  var floats: [Float] { bits.map { Float(bitPattern: UInt32($0)) } }

  /// Whether nothing was written beyond the end.
  var isIntact: Bool {
    let end = pointer + count * dtype.byteWidth
    return (0..<slack).allSatisfy { end.load(fromByteOffset: $0, as: UInt8.self) == 0xA5 }
  }
}
