import CTensorJIT
import DeviceRuntime
import ScalarIR
import TensorJIT

/// What a `tj_array` stands for: elements in row-major order, without gaps, on a device.
final class ArrayObject: Sendable {
  let dtype: DType
  let sizes: [Int]
  let buffer: Buffer
  /// The sizes where C can see them.
  private nonisolated(unsafe) let sizesInC: UnsafeMutablePointer<Int64>

  init(_ dtype: DType, _ sizes: [Int], _ buffer: Buffer) {
    self.dtype = dtype
    self.sizes = sizes
    self.buffer = buffer
    sizesInC = .allocate(capacity: max(1, sizes.count))
    for (axis, size) in sizes.enumerated() { (sizesInC + axis).initialize(to: Int64(size)) }
  }

  deinit { sizesInC.deallocate() }

  /// The elements of a caller's array, copied to a device.
  convenience init(_ view: ArrayView, on device: Device) throws(TensorError) {
    let staging = try Runtime.shared.allocate(byteCount: view.byteCount)
    staging.withUnsafeMutableBytes { view.copyElements(to: $0.baseAddress) }
    self.init(view.dtype, view.sizes, try device.buffer(from: staging))
  }

  /// The bytes of the elements.
  var byteCount: Int { sizes.reduce(dtype.byteWidth, *) }

  /// The array as a buffer without data.
  var described: tj_buffer {
    var buffer = tj_buffer()
    buffer.struct_size = MemoryLayout<tj_buffer>.size
    buffer.byte_count = byteCount
    buffer.dtype = dtype.code
    buffer.rank = UInt32(sizes.count)
    buffer.sizes = UnsafePointer(sizesInC)
    return buffer
  }

  /// Copies the elements into a caller's array of the same type and sizes.
  func read(into view: ArrayView) throws(TensorError) {
    let host = try Device.cpu.buffer(from: buffer)
    host.withUnsafeBytes { view.setElements(from: $0.baseAddress) }
  }
}
