import CTensorJIT
import DeviceRuntime
import ScalarIR
import TapeIR

/// An array in memory of the caller's, checked: every element lies within the bytes that belong to
/// it.
struct ArrayView {
  let dtype: DType
  let sizes: [Int]
  /// The bytes from one element to the next along each axis.
  let strides: [Int]
  /// The number of elements.
  let count: Int
  /// The first element; nil where there is none, or only sizes were given.
  let start: UnsafeMutableRawPointer?
  /// The bytes below and from the first element on that hold elements, as addresses.
  let extent: Range<UInt>

  /// The bytes of the elements.
  var byteCount: Int { count * dtype.byteWidth }

  /// Whether the elements follow each other without gaps in row-major order.
  let isContiguous: Bool

  /// Whether a program can use the memory where it lies.
  var isDirect: Bool {
    guard isContiguous, let start else { return false }
    return UInt(bitPattern: start) % UInt(HostMemory.alignment) == 0
  }
}

extension ArrayView {
  /// The most axes of an array that nothing says the type of.
  static let rankLimit = 64

  /// What a caller's struct describes.
  ///
  /// - Parameters:
  ///   - role: what messages call it, such as `the parameter x`.
  ///   - type: the type that it must have; its sizes only where they are numbers.
  ///   - needsData: whether the elements are wanted, and not only their sizes.
  init(
    _ buffer: tj_buffer, _ role: @autoclosure () -> String, expecting type: TensorType?,
    needsData: Bool
  ) throws(Failure) {
    guard let dtype = DType(code: buffer.dtype) else {
      throw .data("\(role()) has the dtype \(buffer.dtype), which is none")
    }
    let rank = Int(buffer.rank)
    if let type {
      guard dtype == type.dtype else {
        throw .data("\(role()) has the type \(type), found a buffer of \(dtype)")
      }
      guard rank == type.rank else {
        throw .data("\(role()) has the type \(type), found a buffer of rank \(rank)")
      }
    } else if rank > Self.rankLimit {
      throw .data("\(role()) has the rank \(rank); expected at most \(Self.rankLimit)")
    }
    let sizes = try Self.sizes(buffer, rank, role())
    if let expected = type?.shape.sizes, expected != sizes {
      throw .data(
        "\(role()) has the shape \(Shape(expected)), found a buffer of shape \(Shape(sizes))")
    }
    guard let count = product(sizes), let bytes = product([count, dtype.byteWidth]) else {
      throw .data("\(role()) of shape \(Shape(sizes)) has more elements than any memory")
    }
    self.dtype = dtype
    self.sizes = sizes
    self.count = count
    let rowMajor = Self.rowMajorStrides(sizes, dtype)
    strides =
      buffer.strides.map { strides in (0..<rank).map { Int(strides[$0]) } } ?? rowMajor
    isContiguous =
      count == 0 || zip(sizes, zip(strides, rowMajor)).allSatisfy { $0 == 1 || $1.0 == $1.1 }
    guard needsData, count > 0 else {
      start = nil
      extent = 0..<0
      return
    }
    guard let data = buffer.data else {
      throw .data("\(role()) has elements, but its data is NULL")
    }
    guard
      let offsets = Self.offsets(from: buffer.offset, sizes, strides, width: dtype.byteWidth),
      0 <= offsets.lowerBound, offsets.upperBound <= UInt(bitPattern: buffer.byte_count)
    else {
      throw .data(
        "\(role()) of shape \(Shape(sizes)) does not lie within its "
          + "\(UInt(bitPattern: buffer.byte_count)) bytes; without gaps it has \(bytes)")
    }
    let base = UInt(bitPattern: data)
    let (end, overflows) = base.addingReportingOverflow(UInt(offsets.upperBound))
    if overflows { throw .data("\(role()) goes beyond the end of memory") }
    start = data + buffer.offset
    extent = (base + UInt(offsets.lowerBound))..<end
  }

  private static func sizes(
    _ buffer: tj_buffer, _ rank: Int, _ role: @autoclosure () -> String
  ) throws(Failure) -> [Int] {
    if rank == 0 { return [] }
    guard let array = buffer.sizes else { throw .data("the sizes of \(role()) are NULL") }
    var sizes: [Int] = []
    sizes.reserveCapacity(rank)
    for axis in 0..<rank {
      let size = Int(array[axis])
      guard 0 <= size, size < Dim.limit else {
        throw .data("\(role()) has the size \(size) along axis \(axis)")
      }
      sizes.append(size)
    }
    return sizes
  }

  /// The strides without gaps; arbitrary where there is no element.
  private static func rowMajorStrides(_ sizes: [Int], _ dtype: DType) -> [Int] {
    var strides = [Int](repeating: 0, count: sizes.count)
    var stride = dtype.byteWidth
    for axis in sizes.indices.reversed() {
      strides[axis] = stride
      stride = stride.multipliedReportingOverflow(by: sizes[axis]).partialValue
    }
    return strides
  }

  /// Where the elements' bytes lie, or nil where that is no number.
  private static func offsets(
    from first: Int, _ sizes: [Int], _ strides: [Int], width: Int
  ) -> Range<Int>? {
    guard first >= 0 else { return nil }
    var low = first
    var high = first
    for (size, stride) in zip(sizes, strides) {
      let (reach, overflows) = stride.multipliedReportingOverflow(by: size - 1)
      let (moved, overflowsToo) = (reach < 0 ? low : high).addingReportingOverflow(reach)
      if overflows || overflowsToo { return nil }
      if reach < 0 { low = moved } else { high = moved }
    }
    let (end, overflows) = high.addingReportingOverflow(width)
    return overflows ? nil : low..<end
  }

  /// Whether no two elements lie on each other, as far as the axes lie inside of each other.
  var isInjective: Bool {
    if count <= 1 { return true }
    var reach = dtype.byteWidth
    let axes = zip(sizes, strides).filter { $0.0 > 1 }.sorted { $0.1.magnitude < $1.1.magnitude }
    for (size, stride) in axes {
      if stride.magnitude < reach.magnitude { return false }
      reach += (size - 1) * Int(stride.magnitude)
    }
    return true
  }
}

/// The product of sizes, where it fits.
private func product(_ sizes: [Int]) -> Int? {
  if sizes.contains(0) { return 0 }
  var product = 1
  for size in sizes {
    let (next, overflows) = product.multipliedReportingOverflow(by: size)
    if overflows { return nil }
    product = next
  }
  return product
}
