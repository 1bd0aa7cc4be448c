import ScalarIR
import TapeIR

// Elements put around others, and elements in opposite order. Lists have one entry an axis; what does
// not fit makes a tensor that carries the error.

extension Tensor {
  /// The tensor with a value before and behind its elements along each axis, and between them.
  ///
  /// - Parameters:
  ///   - before: how many along each axis; negative numbers take elements away.
  ///   - after: likewise, behind the last element.
  ///   - interior: how many between each two elements along each axis; none without it.
  ///   - value: a scalar of the tensor's element type.
  public func padded(
    before: [Int], after: [Int], interior: [Int] = [], with value: Tensor = 0
  ) -> Tensor {
    var attributes: Attributes = [
      .low: .dims(before.map(Dim.constant)), .high: .dims(after.map(Dim.constant)),
    ]
    if !interior.isEmpty { attributes[.interior] = .integers(interior) }
    return Tensor.apply(.pad, self, value, attributes: attributes)
  }

  /// The tensor with the value of a variable before and behind its elements along each axis, and
  /// between them.
  @_disfavoredOverload
  public func padded(
    before: [Int], after: [Int], interior: [Int] = [], with value: some TensorScalar
  ) -> Tensor {
    padded(
      before: before, after: after, interior: interior, with: Tensor(value, besides: self, .pad))
  }

  /// The tensor with `width` of a value on both sides of every axis.
  public func padded(by width: Int, with value: Tensor = 0) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let widths = [Int](repeating: width, count: try rank)
      return padded(before: widths, after: widths, with: value)
    }
  }

  /// The elements in opposite order along axes, all without any: NumPy's flip.
  public func reversed(axes: Int...) -> Tensor { reversed(axes.isEmpty ? nil : axes) }

  /// The elements in opposite order along the axes of an array.
  public func reversed(axes: [Int]) -> Tensor { reversed(axes) }

  private func reversed(_ axes: [Int]?) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let resolved = try tensorType.resolvedAxes(axes, "reverse")
      return Tensor.apply(.reverse, self, attributes: [.axes: .integers(resolved)])
    }
  }
}
