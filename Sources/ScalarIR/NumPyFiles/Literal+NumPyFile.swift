extension Literal {
  /// The array of a `.npy` file of version 1, 2 or 3, in either order of axes and of bytes.
  ///
  /// Two raw bytes an element are `bf16`. Any byte of a `bool` that is not 0 is true. The format is
  /// NumPy's: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
  ///
  /// - Throws: `NumPyFileError` where the bytes are no such file, or more or less than its array.
  /// - Complexity: O(bytes), nothing of which is taken before the sizes have been held against them.
  package init(numPyFile file: [UInt8]) throws(NumPyFileError) {
    let header = try NumPyHeader(reading: file)
    let width = header.dtype.byteWidth
    let length = file.count - header.dataOffset
    var byteCount = header.sizes.contains(0) ? 0 : width
    for size in header.sizes where byteCount > 0 {
      let (product, overflows) = byteCount.multipliedReportingOverflow(by: size)
      guard !overflows, product <= length else {
        throw Literal.lengthError(header, found: length)
      }
      byteCount = product
    }
    guard byteCount == length else { throw Literal.lengthError(header, found: length) }
    var bytes = Array(file[header.dataOffset...])
    if header.isBigEndian, width > 1 { reverseElements(&bytes, width: width) }
    if header.dtype == .bool {
      for index in bytes.indices where bytes[index] > 1 { bytes[index] = 1 }
    }
    if header.isFortranOrder, header.sizes.count > 1, !bytes.isEmpty {
      bytes = rowMajor(bytes, header.sizes, width: width)
    }
    self.init(dtype: header.dtype, sizes: header.sizes, bytes: bytes)
  }

  private static func lengthError(_ header: NumPyHeader, found length: Int) -> NumPyFileError {
    NumPyFileError(
      "the elements do not fill the shape", at: header.dataOffset,
      expected: "\(header.dtype)\(Shape(header.sizes))", found: "\(length) bytes")
  }

  /// The bytes of a `.npy` file of version 1.0, little endian, with the last axis varying fastest.
  ///
  /// - Complexity: O(bytes).
  package var numPyFile: [UInt8] { NumPyHeader(dtype: dtype, sizes: sizes).bytes + bytes }
}

/// Reverses the bytes of each element.
private func reverseElements(_ bytes: inout [UInt8], width: Int) {
  for start in stride(from: 0, to: bytes.count, by: width) {
    for offset in 0..<(width / 2) {
      bytes.swapAt(start + offset, start + width - 1 - offset)
    }
  }
}

/// Elements whose first axis varies fastest, reordered so that the last one does.
private func rowMajor(_ bytes: [UInt8], _ sizes: [Int], width: Int) -> [UInt8] {
  var strides: [Int] = []
  var stride = width
  for size in sizes {
    strides.append(stride)
    stride *= size
  }
  var result: [UInt8] = []
  result.reserveCapacity(bytes.count)
  var coordinates = [Int](repeating: 0, count: sizes.count)
  var offset = 0
  while result.count < bytes.count {
    for byte in 0..<width { result.append(bytes[offset + byte]) }
    for axis in sizes.indices.reversed() {
      coordinates[axis] += 1
      offset += strides[axis]
      if coordinates[axis] < sizes[axis] { break }
      offset -= strides[axis] * sizes[axis]
      coordinates[axis] = 0
    }
  }
  return result
}
