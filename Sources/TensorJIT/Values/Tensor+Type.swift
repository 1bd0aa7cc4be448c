import ScalarIR
import TapeIR

extension Tensor {
  /// The size along each axis, outermost first; known without computing anything.
  ///
  /// - Throws: the error that the tensor carries.
  public var shape: [Int] {
    get throws(TensorError) {
      guard let sizes = try tensorType.shape.sizes else { throw .traced }
      return sizes
    }
  }

  /// The number of axes.
  ///
  /// - Throws: the error that the tensor carries.
  public var rank: Int {
    get throws(TensorError) { try tensorType.rank }
  }

  /// The number of elements: the product of the sizes, 1 for rank 0.
  ///
  /// - Throws: the error that the tensor carries.
  public var elementCount: Int {
    get throws(TensorError) { try shape.reduce(1, *) }
  }

  /// The type of the elements.
  ///
  /// - Throws: the error that the tensor carries.
  public var elementType: ElementType {
    get throws(TensorError) { ElementType(try tensorType.dtype) }
  }
}
