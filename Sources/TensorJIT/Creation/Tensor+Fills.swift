import ScalarIR
import TapeIR

// Tensors made by a rule. Shapes that no tensor can have make a tensor that carries the error.

extension Tensor {
  /// A tensor of zeros (of `false`).
  public static func zeros(_ shape: [Int], elementType: ElementType = .f32) -> Tensor {
    Tensor(splat: .zero(elementType.dtype), Shape(shape))
  }

  /// A tensor of ones (of `true`).
  public static func ones(_ shape: [Int], elementType: ElementType = .f32) -> Tensor {
    Tensor(splat: .one(elementType.dtype), Shape(shape))
  }

  /// A tensor that holds the value of a tensor of rank 0, or a literal, everywhere.
  ///
  /// - Parameter elementType: what the value is converted to; without it, its own type.
  public static func full(
    _ shape: [Int], _ value: Tensor, elementType: ElementType? = nil
  ) -> Tensor {
    (elementType.map { value.converted(to: $0) } ?? value).broadcast(to: shape)
  }

  /// A tensor that holds the value of a variable everywhere.
  ///
  /// - Parameter elementType: what the value is converted to; without it, its own type.
  @_disfavoredOverload
  public static func full(
    _ shape: [Int], _ value: some TensorScalar, elementType: ElementType? = nil
  ) -> Tensor {
    full(shape, Tensor(value), elementType: elementType)
  }

  /// The matrix of ones on the main diagonal and zeros elsewhere.
  ///
  /// - Parameter columns: as many as rows without it.
  public static func eye(
    _ rows: Int, _ columns: Int? = nil, elementType: ElementType = .f32
  ) -> Tensor {
    let shape = Shape([rows, columns ?? rows])
    return (iota(.i32, shape, axis: 0) .== iota(.i32, shape, axis: 1)).converted(to: elementType)
  }

  /// A recorded constant that holds one value everywhere.
  init(splat value: ScalarValue, _ shape: Shape) {
    let type = TensorType(value.dtype, shape)
    do {
      try Op.checkSize(type)
      self.init(constant: value, shape)
    } catch {
      self.init(failure: TensorError(.constant, [], error))
    }
  }

  /// Each element's coordinate along an axis.
  static func iota(_ dtype: DType, _ shape: Shape, axis: Int) -> Tensor {
    apply(
      .iota, attributes: [.type: .type(TensorType(dtype, shape)), .axis: .integer(axis)])
  }
}
