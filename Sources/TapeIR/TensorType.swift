import ScalarIR

/// The element type and the shape of a tensor.
package struct TensorType: Hashable, Sendable {
  package var dtype: DType
  package var shape: Shape

  package init(_ dtype: DType, _ shape: Shape) {
    self.dtype = dtype
    self.shape = shape
  }

  package var rank: Int { shape.rank }

  /// The bytes that a value takes, where the sizes are known and the number fits.
  package var byteCount: Int? {
    guard let elements = shape.elementCount.constant, elements <= Dim.limit / 16 else {
      return nil
    }
    return elements * dtype.byteWidth
  }

  /// The type of so many values of this type, along a new axis 0.
  package func stacked(_ count: Dim) -> TensorType {
    TensorType(dtype, Shape([count] + shape.dims))
  }

  package func substituting(_ values: [String: Dim]) -> TensorType {
    TensorType(dtype, shape.substituting(values))
  }
}

extension TensorType: CustomStringConvertible {
  /// The type as the text form writes it: `f32[4,8]`.
  package var description: String { "\(dtype)\(shape)" }
}
