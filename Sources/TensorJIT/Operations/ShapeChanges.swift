import ScalarIR
import TapeIR

// The same elements under other shapes. Axes and sizes that do not fit make a tensor that carries the
// error; negative axes count from the end.

extension Tensor {
  /// The elements in row-major order under another shape of as many elements; −1 stands for the size
  /// that makes it fit.
  public func reshaped(to sizes: [Int]) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try tensorType
      return reshaped(toShape: try type.inferringSize(in: sizes))
    }
  }

  /// The elements in row-major order under another shape of as many elements; −1 stands for the size
  /// that makes it fit.
  public func reshaped(to sizes: Int...) -> Tensor { reshaped(to: sizes) }

  /// The elements in row-major order along one axis.
  public func flattened() -> Tensor { reshaped(to: [-1]) }

  /// The axes in reverse order.
  public func transposed() -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      transposed(axes: Array((0..<(try rank)).reversed()))
    }
  }

  /// The axes in another order: axis i of the result is axis `axes[i]` of this tensor.
  public func transposed(axes: [Int]) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let resolved = try tensorType.resolvedAxes(axes, "transpose")
      if resolved == Array(0..<(try rank)) { return self }
      return Tensor.apply(.transpose, self, attributes: [.axes: .integers(resolved)])
    }
  }

  /// The axes in another order: axis i of the result is axis `axes[i]` of this tensor.
  public func transposed(axes: Int...) -> Tensor { transposed(axes: axes) }

  /// Two axes in each other's place.
  public func swappingAxes(_ first: Int, _ second: Int) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try tensorType
      var axes = Array(0..<type.rank)
      axes.swapAt(
        try type.resolvedAxis(first, "transpose"), try type.resolvedAxis(second, "transpose"))
      return transposed(axes: axes)
    }
  }

  /// The tensor without the given axes, which have size 1; without any axes given, without all axes of
  /// size 1.
  public func squeezed(_ axes: Int...) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try tensorType
      let resolved = try type.resolvedAxes(axes, "squeeze")
      for axis in resolved where type.shape[axis] != 1 {
        throw .violation(
          "squeeze", [type], "C1",
          "squeeze of \(type) needs axes of size 1, found axis \(axis)")
      }
      let kept = type.shape.dims.indices.filter {
        axes.isEmpty ? type.shape[$0] != 1 : !resolved.contains($0)
      }
      return reshaped(toShape: Shape(kept.map { type.shape[$0] }))
    }
  }

  /// The tensor with a new axis of size 1 that becomes axis `axis` of the result.
  public func expandingDims(at axis: Int) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      var shape = try tensorType.shape
      guard (-shape.rank - 1...shape.rank).contains(axis) else {
        throw .violation(
          "reshape", [try tensorType], "C2",
          "a new axis of \(try tensorType) needs a place in \(-shape.rank - 1) ... \(shape.rank), "
            + "found \(axis)")
      }
      shape.dims.insert(1, at: axis < 0 ? axis + shape.rank + 1 : axis)
      return reshaped(toShape: shape)
    }
  }

  /// The elements repeated to fill a shape by NumPy's rule: axes are lined up from the last one, and
  /// those of size 1 and new ones are repeated.
  public func broadcast(to sizes: [Int]) -> Tensor { broadcast(toShape: Shape(sizes)) }

  /// The elements repeated to fill a shape by NumPy's rule.
  public func broadcast(to sizes: Int...) -> Tensor { broadcast(to: sizes) }
}

extension Tensor {
  func reshaped(toShape shape: Shape) -> Tensor {
    if let type = try? tensorType, type.shape == shape { return self }
    return Tensor.apply(.reshape, self, attributes: [.shape: .dims(shape.dims)])
  }
}

extension TensorType {
  /// The shape that `sizes` mean to a user who reshapes this type: −1 stands for what is left.
  fileprivate func inferringSize(in sizes: [Int]) throws(TensorError) -> Shape {
    guard let unknown = sizes.firstIndex(of: -1) else { return Shape(sizes) }
    var others = sizes
    others.remove(at: unknown)
    // Products beyond any memory saturate instead of trapping.
    let known = Shape(others).elementCount.constant ?? 0
    let rest = known > 0 && others.min() ?? 0 >= 0 ? shape.elementCount.floorDivided(by: known) : 0
    guard known > 0, !others.contains(-1), rest * .constant(known) == shape.elementCount else {
      throw .violation(
        "reshape", [self], "C1",
        "reshape of \(self) needs one -1 that a whole size can replace, found \(sizes)")
    }
    var dims = Shape(sizes).dims
    dims[unknown] = rest
    return Shape(dims)
  }
}
