import ScalarIR
import TapeIR

extension Tensor {
  /// The elements in another type.
  ///
  /// Floating to integer truncates and saturates, NaN becomes 0; integer to integer wraps; to `bool`
  /// is whether the element differs from 0; to a floating type rounds to nearest even.
  public func converted(to elementType: ElementType) -> Tensor {
    if let type = try? tensorType, type.dtype == elementType.dtype, handle.literal == nil {
      return self
    }
    return Tensor.apply(.convert, self, attributes: [.to: .dtype(elementType.dtype)])
  }
}
