import ScalarIR
import TapeIR

extension Tensor {
  /// The elements in row-major order, computed now if they were not before.
  ///
  /// - Parameter type: the Swift type of the tensor's elements: `Float` for `f32`, `Int` or `Int64`
  ///   for `i64`, and so on. Elements are not converted; `converted(to:)` does that.
  /// - Throws: `TensorError.elementType` where the tensor has another element type; the error that
  ///   the tensor carries; `TensorError.traced` inside of `jit`.
  /// - Complexity: linear in the number of elements, once they are computed.
  public func scalars<Scalar: TensorScalar>(
    as type: Scalar.Type = Scalar.self
  ) throws(TensorError) -> [Scalar] {
    let tensorType = try tensorType
    let dtype = tensorType.dtype
    guard Scalar.elementType.dtype == dtype, MemoryLayout<Scalar>.stride == dtype.byteWidth else {
      throw .elementType(expected: "\(Scalar.elementType)", found: dtype.name)
    }
    let buffer = try read().buffer
    let count = try elementCount
    return buffer.withUnsafeBytes { bytes in
      Array(unsafeUninitializedCapacity: count) { scalars, initialized in
        UnsafeMutableRawBufferPointer(scalars)
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<(count * dtype.byteWidth)]))
        initialized = count
      }
    }
  }

  /// Calls a body with the elements' memory, without a copy: row-major, in the tensor's element type,
  /// computed first where they are not there yet. The memory is valid only within the body.
  ///
  /// - Throws: the error that the tensor carries, `TensorError.traced` inside of `jit`, and what the
  ///   body throws.
  public func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    let (buffer, type) = try read()
    return try buffer.withUnsafeBytes { bytes in
      try body(UnsafeRawBufferPointer(rebasing: bytes[..<(type.byteCount ?? 0)]))
    }
  }

  /// The only element of a tensor of one element, whatever its rank.
  ///
  /// - Throws: `TensorError.invalidData` where there is not exactly one element, and what
  ///   `scalars(as:)` throws.
  public func scalar<Scalar: TensorScalar>(
    as type: Scalar.Type = Scalar.self
  ) throws(TensorError) -> Scalar {
    let all = try scalars(as: type)
    guard all.count == 1 else {
      throw .invalidData(
        "one scalar was asked for, found \(try tensorType) with \(all.count) elements")
    }
    return all[0]
  }
}
