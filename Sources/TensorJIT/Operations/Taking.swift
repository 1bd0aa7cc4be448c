import ScalarIR
import TapeIR

/// What becomes of an index that is out of bounds.
public enum OutOfBounds: Hashable, Sendable {
  /// Computing the result throws `TensorError.indexOutOfBounds`.
  case error
  /// The nearest index that is in bounds is meant.
  case clip
  /// The result has NaN there, the least signed or the greatest unsigned value, or true.
  case fill
}

extension Tensor {
  /// The positions along an axis that an integer tensor holds: the result has the indices' axes in
  /// place of that axis.
  ///
  /// Negative indices count from the end, whatever is done with those that are out of bounds.
  public func take(_ indices: Tensor, axis: Int, outOfBounds: OutOfBounds = .error) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try tensorType
      let axis = try type.resolvedAxis(axis, "take")
      var attributes: Attributes = [.axis: .integer(axis)]
      attributes[.mode] = outOfBounds.mode
      return Tensor.apply(
        .take, self, indices.settledIndices.fromEnd(type.shape[axis]), attributes: attributes)
    }
  }

  /// For each element of an integer tensor, the element of this one at that position along an axis
  /// and at its own along the others: what `argsort` and `argmax` give the positions of.
  ///
  /// The indices have this tensor's rank, and its sizes along all axes but one. Negative indices
  /// count from the end.
  public func takeAlongAxis(
    _ indices: Tensor, axis: Int, outOfBounds: OutOfBounds = .error
  ) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let (type, indexType) = (try tensorType, try indices.tensorType)
      let axis = try type.resolvedAxis(axis, "takeAlongAxis")
      let others = type.shape.dims.indices.filter { $0 != axis }
      guard indexType.rank == type.rank,
        others.allSatisfy({ indexType.shape[$0] == type.shape[$0] })
      else {
        throw .violation(
          "takeAlongAxis", [type, indexType], "C1",
          "takeAlongAxis of \(type) needs indices of its sizes along all axes but \(axis), "
            + "found \(indexType)")
      }
      var attributes: Attributes = [
        .collapsedSliceDims: .integers([axis]), .startIndexMap: .integers([axis]),
        .indexVectorDim: .integer(type.rank),
        .sliceSizes: .dims([Dim](repeating: 1, count: type.rank)),
      ]
      attributes[.mode] = outOfBounds.mode
      if !others.isEmpty {
        attributes[.operandBatchingDims] = .integers(others)
        attributes[.startIndicesBatchingDims] = .integers(others)
      }
      return Tensor.apply(
        .gather, self, indices.fromEnd(type.shape[axis]), attributes: attributes)
    }
  }

  /// Ones at the positions that an integer tensor holds along a new last axis, zeros elsewhere; only
  /// zeros where a position is not in `0 ..< classes`.
  public func oneHot(_ classes: Int, elementType: ElementType = .f32) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try tensorType
      guard type.dtype.isInteger, classes >= 0 else {
        throw .violation(
          "oneHot", [type], "C1",
          "oneHot needs integers and a number of classes, found \(type) and \(classes)")
      }
      var shape = type.shape
      shape.dims.append(.constant(classes))
      let wide = converted(to: type.dtype == .u64 ? .u64 : .i64)
      let positions = Tensor.iota(try wide.tensorType.dtype, shape, axis: type.rank)
      return (wide.expandingDims(at: -1) .== positions).converted(to: elementType)
    }
  }

  /// Negative indices as those that count from the end of `size` positions; what is out of bounds
  /// stays what it is.
  func fromEnd(_ size: Dim) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let dtype = try tensorType.dtype
      guard dtype.isSignedInteger, let count = size.constant else { return self }
      let isNarrow = dtype != .i64 && count <= Int(Int32.max)
      let wide = converted(to: isNarrow ? .i32 : .i64)
      func constant(_ value: Int) -> Tensor {
        Tensor(constant: ScalarValue(isNarrow ? .i32 : .i64, wrapping: value))
      }
      let isBehind = (wide .< constant(0)) .& (wide .>= constant(-count))
      return select(isBehind, wide + constant(count), wide)
    }
  }

  /// The tensor; a literal as a constant of type `i32`.
  var settledIndices: Tensor {
    guard let literal = handle.literal else { return self }
    return Tensor.carryingError { () throws(TensorError) in
      Tensor(constant: try literal.value(as: .i32))
    }
  }
}

extension OutOfBounds {
  /// `:mode`, where it is not the default.
  fileprivate var mode: AttributeValue? {
    switch self {
    case .error: nil
    case .clip: .word("clip")
    case .fill: .word("fill")
    }
  }
}
