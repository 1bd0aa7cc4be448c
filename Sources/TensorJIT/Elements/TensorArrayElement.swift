/// An element of an array that a tensor can be made of: a scalar, or an array of such elements.
public protocol TensorArrayElement {
  /// The innermost element.
  associatedtype Scalar: TensorScalar

  /// Adds the arrays' scalars in row-major order.
  static func flatten(_ array: [Self], axis: Int, into result: inout FlattenedArray<Scalar>)
}

/// The scalars of nested arrays in row-major order, and the lengths of the arrays at each depth.
public struct FlattenedArray<Scalar: TensorScalar> {
  var scalars: [Scalar] = []
  var sizes: [Int] = []
  /// Two lengths of arrays at one depth that differ.
  var mismatch: (axis: Int, expected: Int, found: Int)?

  /// Notes the length of an array whose elements lie along `axis`.
  mutating func note(_ size: Int, axis: Int) {
    if axis == sizes.count {
      sizes.append(size)
    } else if sizes[axis] != size, mismatch == nil {
      mismatch = (axis, sizes[axis], size)
    }
  }
}

extension TensorScalar {
  public static func flatten(
    _ array: [Self], axis: Int, into result: inout FlattenedArray<Self>
  ) {
    result.note(array.count, axis: axis)
    result.scalars.append(contentsOf: array)
  }
}

extension Array: TensorArrayElement where Element: TensorArrayElement {
  public static func flatten(
    _ array: [Self], axis: Int, into result: inout FlattenedArray<Element.Scalar>
  ) {
    result.note(array.count, axis: axis)
    for element in array { Element.flatten(element, axis: axis + 1, into: &result) }
    if array.isEmpty { Element.flatten([], axis: axis + 1, into: &result) }
  }
}
