import ScalarIR

/// That all indices of an op were in bounds: kernels, which call nothing, leave what they found in a
/// buffer, which whoever drives the device reads when all steps before are done.
package struct ProgramCheck: Hashable, Sendable {
  /// The op's name.
  package var op: String
  /// The `i64` buffer of what was found: the row-major position of the first index that is out of
  /// bounds, or −1 where there is none; and that index.
  package var status: BufferID
  /// The indices' element type.
  package var dtype: DType
  /// The indices' sizes.
  package var sizes: [Index]
  /// The axis along which the indices of one window stand; nil where a window has one.
  package var vectorAxis: Int?
  /// The greatest index that is in bounds, for each position along that axis.
  package var limits: [Index]

  package init(
    op: String, status: BufferID, dtype: DType, sizes: [Index], vectorAxis: Int?, limits: [Index]
  ) {
    self.op = op
    self.status = status
    self.dtype = dtype
    self.sizes = sizes
    self.vectorAxis = vectorAxis
    self.limits = limits
  }

  /// The number of elements of `status`.
  package static let statusCount = 2

  /// What was wrong, where the status says that something was.
  package func violation(
    position: Int64, index: Int64, symbols: [String: Int]
  ) -> IndexViolation? {
    if position < 0 { return nil }
    return IndexViolation(
      op: op, index: ScalarValue(dtype, bits: UInt64(bitPattern: index)).description,
      at: Int(position), of: sizes.map { $0.evaluate(symbols) }, vectorAxis: vectorAxis,
      limits: limits.map { $0.evaluate(symbols) })
  }
}
