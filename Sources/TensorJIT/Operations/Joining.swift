import TapeIR

extension [Tensor] {
  /// The tensors joined along an axis that they have, in order: NumPy's concatenate.
  ///
  /// They have one element type and, but for that axis, one shape; else, or without any tensors, the
  /// result carries the error. Negative axes count from the end.
  public func concatenated(axis: Int = 0) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let axis = try first?.tensorType.resolvedAxis(axis, "concat") ?? axis
      return Tensor.record(.concat, self, [.axis: .integer(axis)])[0]
    }
  }

  /// The tensors, which have one type, joined along a new axis that becomes axis `axis` of the result:
  /// NumPy's stack.
  public func stacked(axis: Int = 0) -> Tensor {
    map { $0.expandingDims(at: axis) }.concatenated(axis: axis)
  }
}
