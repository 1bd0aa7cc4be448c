import TapeIR

// Results of all elements up to each along an axis, or from its end where `reversed` is true: NumPy's
// cumsum and its like. Each takes in its own element. Negative axes count from the end; an axis that
// the tensor does not have makes a tensor that carries the error.

extension Tensor {
  /// The sum of each element and all before it along an axis.
  public func cumulativeSum(axis: Int, reversed: Bool = false) -> Tensor {
    scanned(.cumSum, axis, reversed)
  }

  /// The product of each element and all before it along an axis.
  public func cumulativeProduct(axis: Int, reversed: Bool = false) -> Tensor {
    scanned(.cumProd, axis, reversed)
  }

  /// The greatest of each element and all before it along an axis; NaN wins and stays.
  public func cumulativeMax(axis: Int, reversed: Bool = false) -> Tensor {
    scanned(.cumMax, axis, reversed)
  }

  /// The least of each element and all before it along an axis; NaN wins and stays.
  public func cumulativeMin(axis: Int, reversed: Bool = false) -> Tensor {
    scanned(.cumMin, axis, reversed)
  }

  private func scanned(_ op: Op, _ axis: Int, _ isReversed: Bool) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      var attributes: Attributes = [
        .axis: .integer(try tensorType.resolvedAxis(axis, op.name))
      ]
      if isReversed { attributes[.reverse] = .boolean(true) }
      return Tensor.apply(op, self, attributes: attributes)
    }
  }
}
