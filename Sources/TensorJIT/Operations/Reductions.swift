import ScalarIR
import TapeIR

// Reductions along axes. Each comes in three forms: along one axis (`sum(axis: -1)`), along axes that
// are written out (`sum(axes: 0, 1)`; none means all), and along those of an array (where none means
// none). Negative axes count from the end; reduced axes vanish, or stay with size 1 where
// `keepingDims` is true. Axes that the tensor does not have make a tensor that carries the error.

extension Tensor {
  /// The sum of the elements along axes, all without any; 0 where there are no elements. Of truth
  /// values it is whether one of them holds.
  public func sum(axes: Int..., keepingDims: Bool = false) -> Tensor {
    reduced(.reduceSum, axes.isEmpty ? nil : axes, keepingDims)
  }

  /// The sum of the elements along the axes of an array.
  public func sum(axes: [Int], keepingDims: Bool = false) -> Tensor {
    reduced(.reduceSum, axes, keepingDims)
  }

  /// The sum of the elements along an axis.
  public func sum(axis: Int, keepingDims: Bool = false) -> Tensor {
    reduced(.reduceSum, [axis], keepingDims)
  }

  /// The product of the elements along axes, all without any; 1 where there are no elements. Of truth
  /// values it is whether all of them hold.
  public func product(axes: Int..., keepingDims: Bool = false) -> Tensor {
    reduced(.reduceProd, axes.isEmpty ? nil : axes, keepingDims)
  }

  /// The product of the elements along the axes of an array.
  public func product(axes: [Int], keepingDims: Bool = false) -> Tensor {
    reduced(.reduceProd, axes, keepingDims)
  }

  /// The product of the elements along an axis.
  public func product(axis: Int, keepingDims: Bool = false) -> Tensor {
    reduced(.reduceProd, [axis], keepingDims)
  }

  /// The greatest element along axes, all without any: NaN wins; the least value of the element type
  /// where there are no elements.
  public func max(axes: Int..., keepingDims: Bool = false) -> Tensor {
    reduced(.reduceMax, axes.isEmpty ? nil : axes, keepingDims)
  }

  /// The greatest element along the axes of an array.
  public func max(axes: [Int], keepingDims: Bool = false) -> Tensor {
    reduced(.reduceMax, axes, keepingDims)
  }

  /// The greatest element along an axis.
  public func max(axis: Int, keepingDims: Bool = false) -> Tensor {
    reduced(.reduceMax, [axis], keepingDims)
  }

  /// The least element along axes, all without any: NaN wins; the greatest value of the element type
  /// where there are no elements.
  public func min(axes: Int..., keepingDims: Bool = false) -> Tensor {
    reduced(.reduceMin, axes.isEmpty ? nil : axes, keepingDims)
  }

  /// The least element along the axes of an array.
  public func min(axes: [Int], keepingDims: Bool = false) -> Tensor {
    reduced(.reduceMin, axes, keepingDims)
  }

  /// The least element along an axis.
  public func min(axis: Int, keepingDims: Bool = false) -> Tensor {
    reduced(.reduceMin, [axis], keepingDims)
  }

  /// The mean of floating elements along axes, all without any; NaN where there are no elements.
  public func mean(axes: Int..., keepingDims: Bool = false) -> Tensor {
    mean(along: axes.isEmpty ? nil : axes, keepingDims)
  }

  /// The mean of floating elements along the axes of an array.
  public func mean(axes: [Int], keepingDims: Bool = false) -> Tensor {
    mean(along: axes, keepingDims)
  }

  /// The mean of floating elements along an axis.
  public func mean(axis: Int, keepingDims: Bool = false) -> Tensor {
    mean(along: [axis], keepingDims)
  }

  /// The variance of floating elements along axes, all without any: the mean squared distance from
  /// the mean.
  public func variance(axes: Int..., keepingDims: Bool = false) -> Tensor {
    variance(along: axes.isEmpty ? nil : axes, keepingDims)
  }

  /// The variance of floating elements along the axes of an array.
  public func variance(axes: [Int], keepingDims: Bool = false) -> Tensor {
    variance(along: axes, keepingDims)
  }

  /// The variance of floating elements along an axis.
  public func variance(axis: Int, keepingDims: Bool = false) -> Tensor {
    variance(along: [axis], keepingDims)
  }

  /// The square root of the variance along axes, all without any.
  public func standardDeviation(axes: Int..., keepingDims: Bool = false) -> Tensor {
    variance(along: axes.isEmpty ? nil : axes, keepingDims).sqrt()
  }

  /// The square root of the variance along the axes of an array.
  public func standardDeviation(axes: [Int], keepingDims: Bool = false) -> Tensor {
    variance(along: axes, keepingDims).sqrt()
  }

  /// The square root of the variance along an axis.
  public func standardDeviation(axis: Int, keepingDims: Bool = false) -> Tensor {
    variance(along: [axis], keepingDims).sqrt()
  }

  /// Whether one of the truth values along axes holds, all without any.
  public func any(axes: Int..., keepingDims: Bool = false) -> Tensor {
    someHold(axes.isEmpty ? nil : axes, keepingDims)
  }

  /// Whether all of the truth values along axes hold, all without any.
  public func all(axes: Int..., keepingDims: Bool = false) -> Tensor {
    let someFail = (.!self).someHold(axes.isEmpty ? nil : axes, keepingDims)
    return .!someFail
  }

  /// The position of the greatest element along an axis, of the first of equals, as `i32`; a NaN
  /// counts as greatest.
  public func argmax(axis: Int) -> Tensor { position(.argmax, axis) }

  /// The position of the greatest element in row-major order, of the first of equals, as `i32`.
  public func argmax() -> Tensor { flattened().argmax(axis: 0) }

  /// The position of the least element along an axis, of the first of equals, as `i32`; a NaN counts
  /// as least.
  public func argmin(axis: Int) -> Tensor { position(.argmin, axis) }

  /// The position of the least element in row-major order, of the first of equals, as `i32`.
  public func argmin() -> Tensor { flattened().argmin(axis: 0) }
}

extension Tensor {
  /// The tensor reduced along `axes`, all for nil.
  func reduced(_ op: Op, _ axes: [Int]?, _ keepsDims: Bool) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      var attributes: Attributes = [.axes: .integers(try tensorType.resolvedAxes(axes, op.name))]
      if keepsDims { attributes[.keep] = .boolean(true) }
      return Tensor.apply(op, self, attributes: attributes)
    }
  }

  private func position(_ op: Op, _ axis: Int) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let axis = try tensorType.resolvedAxis(axis, op.name)
      return Tensor.apply(op, self, attributes: [.axis: .integer(axis)])
    }
  }

  private func someHold(_ axes: [Int]?, _ keepsDims: Bool) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try tensorType
      if type.dtype == .bool { return reduced(.reduceMax, axes, keepsDims) }
      throw .violation("any", [type], "C1", "any and all need bool elements, found \(type)")
    }
  }

  private func mean(along axes: [Int]?, _ keepsDims: Bool) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try floatingType("mean")
      let wide = converted(to: ElementType(type.dtype.computeType))
      let sum = wide.reduced(.reduceSum, axes, keepsDims)
      let mean = sum / (try wide.count(along: type.resolvedAxes(axes, "mean")))
      return mean.converted(to: ElementType(type.dtype))
    }
  }

  private func variance(along axes: [Int]?, _ keepsDims: Bool) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try floatingType("variance")
      let wide = converted(to: ElementType(type.dtype.computeType))
      let distance = wide - wide.mean(along: axes, true)
      return distance.square().mean(along: axes, keepsDims)
        .converted(to: ElementType(type.dtype))
    }
  }

  private func floatingType(_ name: String) throws(TensorError) -> TensorType {
    let type = try tensorType
    if type.dtype.isFloating { return type }
    throw .violation(name, [type], "C1", "\(name) needs floating elements, found \(type)")
  }

  /// The number of elements along axes as a scalar of this tensor's element type; where a size has no
  /// value yet, it is counted when it has one.
  private func count(along axes: [Int]) throws(TensorError) -> Tensor {
    let type = try tensorType
    let count = Shape(axes.map { type.shape[$0] })
    let one = ScalarValue.one(type.dtype)
    guard let sizes = count.sizes else { return Tensor(splat: one, count).sum() }
    return Tensor(constant: ScalarValue(type.dtype, wrapping: sizes.reduce(1, *)))
  }
}
