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

  /// The sum of products over pairs of axes, one of this tensor and one of `other`; the result has this
  /// tensor's other axes, and then `other`'s: NumPy's tensordot.
  public func tensorDot(_ other: Tensor, axes: [Int], with otherAxes: [Int]) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let (a, b) = (try tensorType, try other.tensorType)
      return Tensor.apply(
        .dot, self, other,
        attributes: [
          .lhsContract: .integers(try a.resolvedAxes(axes, "dot")),
          .rhsContract: .integers(try b.resolvedAxes(otherAxes, "dot")),
        ])
    }
  }

  /// The products of each element of this tensor with each of `other`, both in row-major order:
  /// NumPy's outer.
  public func outerProduct(_ other: Tensor) -> Tensor {
    flattened().expandingDims(at: 1) * other.flattened().expandingDims(at: 0)
  }

  /// The products of each element of this tensor with the whole of `other`, in blocks: NumPy's kron.
  public func kroneckerProduct(_ other: Tensor) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let (a, b) = (try tensorType.shape, try other.tensorType.shape)
      let rank = Swift.max(a.rank, b.rank)
      let rows = [Dim](repeating: 1, count: rank - a.rank) + a.dims
      let columns = [Dim](repeating: 1, count: rank - b.rank) + b.dims
      let spread = reshaped(toShape: Shape(rows.flatMap { [$0, 1] }))
      let block = other.reshaped(toShape: Shape(columns.flatMap { [1, $0] }))
      return (spread * block).reshaped(toShape: Shape(zip(rows, columns).map { $0 * $1 }))
    }
  }
}
