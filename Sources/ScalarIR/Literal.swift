/// The host storage of a constant tensor: sizes, element type and elements in row-major order.
package struct Literal: Hashable, Sendable {
  /// The elements: one value everywhere, or all of them as little-endian bytes.
  package enum Storage: Hashable, Sendable {
    case splat(ScalarValue)
    case dense([UInt8])
  }

  package let dtype: DType
  package let sizes: [Int]
  package let storage: Storage

  /// A tensor that holds `value` everywhere.
  package init(splat value: ScalarValue, sizes: [Int] = []) {
    dtype = value.dtype
    self.sizes = sizes
    storage = .splat(value)
  }

  /// A tensor of the given elements; `bytes` holds exactly the product of `sizes` of them.
  ///
  /// Elements that all have the same bits are stored once, so equal tensors compare equal.
  package init(dtype: DType, sizes: [Int], bytes: [UInt8]) {
    let width = dtype.byteWidth
    precondition(
      bytes.count == (sizes.contains(0) ? 0 : sizes.reduce(1, *)) * width,
      "a literal's bytes must fill its shape")
    self.dtype = dtype
    self.sizes = sizes
    let isUniform =
      bytes.count >= width
      && bytes.withUnsafeBufferPointer { all in
        (width..<all.count).allSatisfy { all[$0] == all[$0 - width] }
      }
    if isUniform {
      storage = .splat(ScalarValue(dtype, bits: Literal.word(bytes, at: 0, width: width)))
    } else {
      storage = .dense(bytes)
    }
  }

  /// A tensor of the given elements in row-major order.
  package init(dtype: DType, sizes: [Int], bits: [UInt64]) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(bits.count * dtype.byteWidth)
    for word in bits {
      for byte in 0..<dtype.byteWidth {
        bytes.append(UInt8(truncatingIfNeeded: word >> (8 * byte)))
      }
    }
    self.init(dtype: dtype, sizes: sizes, bytes: bytes)
  }

  package var count: Int { sizes.contains(0) ? 0 : sizes.reduce(1, *) }
  package var shape: Shape { Shape(sizes) }

  /// The value that all elements have, where that is known.
  package var splatValue: ScalarValue? {
    switch storage {
    case .splat(let value): value
    case .dense: nil
    }
  }

  /// The element at a row-major position.
  package subscript(position: Int) -> ScalarValue {
    switch storage {
    case .splat(let value): value
    case .dense(let bytes):
      ScalarValue(
        dtype,
        bits: Literal.word(bytes, at: position * dtype.byteWidth, width: dtype.byteWidth))
    }
  }

  /// All elements as bit patterns, in row-major order.
  package var bits: [UInt64] {
    switch storage {
    case .splat(let value): [UInt64](repeating: value.bits, count: count)
    case .dense: (0..<count).map { self[$0].bits }
    }
  }

  /// All elements as little-endian bytes, in row-major order.
  package var bytes: [UInt8] {
    switch storage {
    case .dense(let bytes): return bytes
    case .splat(let value):
      var all: [UInt8] = []
      all.reserveCapacity(count * dtype.byteWidth)
      let one = (0..<dtype.byteWidth).map { UInt8(truncatingIfNeeded: value.bits >> (8 * $0)) }
      for _ in 0..<count { all.append(contentsOf: one) }
      return all
    }
  }

  private static func word(_ bytes: [UInt8], at offset: Int, width: Int) -> UInt64 {
    var word: UInt64 = 0
    for byte in 0..<width { word |= UInt64(bytes[offset + byte]) << UInt64(8 * byte) }
    return word
  }

  /// Whether both have the same type, sizes and elements, any NaN equal to any NaN.
  package func isIdentical(to other: Literal) -> Bool {
    dtype == other.dtype && sizes == other.sizes
      && (0..<count).allSatisfy { self[$0].isIdentical(to: other[$0]) }
  }
}
