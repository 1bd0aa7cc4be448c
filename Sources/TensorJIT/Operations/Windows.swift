import ScalarIR
import TapeIR

// Results of the elements in windows that slide along the last axes: one axis for each entry of
// `sizes`. Lists that are left out mean strides and dilations (distances from one element of a window
// to the next) of 1, and windows that lie within the tensor. `before` and `after` say how far windows
// reach beyond the first and the last element of each axis; what lies outside takes no part. What
// does not fit makes a tensor that carries the error.

extension Tensor {
  /// The sum of the elements in each window.
  public func windowSum(
    _ sizes: [Int], strides: [Int] = [], dilations: [Int] = [], before: [Int] = [],
    after: [Int] = []
  ) -> Tensor {
    windowed(.windowSum, sizes, strides, dilations, before, after)
  }

  /// The product of the elements in each window.
  public func windowProduct(
    _ sizes: [Int], strides: [Int] = [], dilations: [Int] = [], before: [Int] = [],
    after: [Int] = []
  ) -> Tensor {
    windowed(.windowProd, sizes, strides, dilations, before, after)
  }

  /// The greatest element in each window: NaN wins; the least value of the element type where a window
  /// has no element.
  public func windowMax(
    _ sizes: [Int], strides: [Int] = [], dilations: [Int] = [], before: [Int] = [],
    after: [Int] = []
  ) -> Tensor {
    windowed(.windowMax, sizes, strides, dilations, before, after)
  }

  /// The least element in each window: NaN wins; the greatest value of the element type where a window
  /// has no element.
  public func windowMin(
    _ sizes: [Int], strides: [Int] = [], dilations: [Int] = [], before: [Int] = [],
    after: [Int] = []
  ) -> Tensor {
    windowed(.windowMin, sizes, strides, dilations, before, after)
  }

  /// The greatest element of each window, where windows lie side by side unless strides are given.
  public func maxPooled(
    _ sizes: [Int], strides: [Int]? = nil, before: [Int] = [], after: [Int] = []
  ) -> Tensor {
    windowMax(sizes, strides: strides ?? sizes, before: before, after: after)
  }

  /// The mean of the floating elements of each window, where windows lie side by side unless strides
  /// are given; NaN where a window has no element.
  public func averagePooled(
    _ sizes: [Int], strides: [Int]? = nil, before: [Int] = [], after: [Int] = []
  ) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try tensorType
      guard type.dtype.isFloating else {
        throw .violation(
          "averagePooled", [type], "C1", "averagePooled needs floating elements, found \(type)")
      }
      let wide = converted(to: ElementType(type.dtype.computeType))
      let ones = Tensor(splat: .one(type.dtype.computeType), type.shape)
      let (sum, count) = (
        wide.windowSum(sizes, strides: strides ?? sizes, before: before, after: after),
        ones.windowSum(sizes, strides: strides ?? sizes, before: before, after: after)
      )
      return (sum / count).converted(to: ElementType(type.dtype))
    }
  }

  private func windowed(
    _ op: Op, _ sizes: [Int], _ strides: [Int], _ dilations: [Int], _ before: [Int],
    _ after: [Int]
  ) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try tensorType
      guard sizes.count <= type.rank else {
        throw .violation(
          op.name, [type], "C2",
          "\(op.name) of \(type) needs windows along at most \(type.rank) axes, "
            + "found \(sizes.count)")
      }
      let leading = type.rank - sizes.count
      /// The entries for all axes; those of the leading axes are `other`.
      func whole(_ entries: [Int], _ other: Int) -> [Int] {
        [Int](repeating: other, count: leading) + entries
      }
      var attributes: Attributes = [.window: .integers(whole(sizes, 1))]
      if !strides.isEmpty { attributes[.stride] = .integers(whole(strides, 1)) }
      if !dilations.isEmpty { attributes[.dilation] = .integers(whole(dilations, 1)) }
      if !before.isEmpty { attributes[.low] = .dims(whole(before, 0).map(Dim.constant)) }
      if !after.isEmpty { attributes[.high] = .dims(whole(after, 0).map(Dim.constant)) }
      return Tensor.apply(op, self, attributes: attributes)
    }
  }
}
