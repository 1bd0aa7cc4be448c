import ScalarIR
import TapeIR

extension Tensor {
  /// The matrix product by NumPy's rule: the last axis of this tensor with the last but one (or only)
  /// axis of `other`; the axes before the last two broadcast.
  ///
  /// Shapes and types that do not fit make a tensor that carries the error.
  public func matmul(_ other: Tensor) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      try Tensor.expanding(Sugar.matmul.name, [self, other]) {
        (builder, values) throws(TapeError) in try Sugar.matmul.expand(&builder, values)
      }
    }
  }

  /// The sum of products over the last axis of this tensor and the last but one (or only) axis of
  /// `other`, for all pairs of the other axes: NumPy's dot. With a scalar it is the product.
  ///
  /// Sizes and types that do not fit make a tensor that carries the error.
  public func dot(_ other: Tensor) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let (a, b) = (try tensorType, try other.tensorType)
      if a.rank == 0 || b.rank == 0 { return self * other }
      return Tensor.apply(
        .dot, self, other,
        attributes: [
          .lhsContract: .integers([a.rank - 1]),
          .rhsContract: .integers([Swift.max(0, b.rank - 2)]),
        ])
    }
  }
}
