import ScalarIR

extension ArrayView {
  /// Whether this is an array of `bool` with bytes other than 0 and 1.
  var hasOddBools: Bool {
    guard dtype == .bool, isContiguous, let start else { return false }
    return !UnsafeRawBufferPointer(start: start, count: count).allSatisfy { $0 <= 1 }
  }

  /// Copies the elements to row-major order; of `bool` all that is not 0 becomes 1.
  func copyElements(to target: UnsafeMutableRawPointer?) {
    guard let target, count > 0 else { return }
    StridedCopy(self).gather(to: target)
    CopyCounter.shared.add(byteCount)
    guard dtype == .bool else { return }
    for byte in UnsafeMutableRawBufferPointer(start: target, count: count).indices {
      let value = target.load(fromByteOffset: byte, as: UInt8.self)
      target.storeBytes(of: min(value, 1), toByteOffset: byte, as: UInt8.self)
    }
  }

  /// Copies the elements from row-major order.
  func setElements(from source: UnsafeRawPointer?) {
    guard let source, count > 0 else { return }
    StridedCopy(self).scatter(from: source)
    CopyCounter.shared.add(byteCount)
  }

  /// The elements as a value.
  var literal: Literal {
    let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { bytes, initialized in
      copyElements(to: bytes.baseAddress.map(UnsafeMutableRawPointer.init))
      initialized = byteCount
    }
    return Literal(dtype: dtype, sizes: sizes, bytes: bytes)
  }
}
