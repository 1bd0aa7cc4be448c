/// The sizes in which memory is handed out: multiples of 64 bytes, with four steps from each power
/// of two to the next, so that at most a fifth of a block beyond 256 bytes is left over.
package struct SizeClass: Equatable {
  /// 0 for the smallest size, rising with it.
  package let index: Int

  /// The smallest size of at least so many bytes, which must be fewer than 2⁶².
  package init(fitting byteCount: Int) {
    let units = max(1, (byteCount + 63) / 64)
    if units <= 4 {
      index = units - 1
    } else {
      let exponent = Int.bitWidth - 1 - (units - 1).leadingZeroBitCount
      index = 4 * (exponent - 2) + (units - 1) >> (exponent - 2)
    }
  }

  package init(index: Int) { self.index = index }

  package var byteCount: Int {
    if index < 4 { return 64 * (index + 1) }
    return 64 * (index % 4 + 5) << (index / 4 - 1)
  }

  /// The number of sizes below 2⁶² bytes.
  package static let count = SizeClass(fitting: 1 << 61).index + 1
}
