import ScalarIR
import TapeIR

// Elements repeated, rotated, cut into parts. Axes and counts that do not fit make tensors that carry
// the error; negative axes count from the end.

extension Tensor {
  /// The whole tensor repeated: `counts[i]` times along axis i, the counts lined up with the last axes;
  /// NumPy's tile.
  public func tiled(_ counts: Int...) -> Tensor { tiled(counts) }

  /// The whole tensor repeated, for an array of counts.
  public func tiled(_ counts: [Int]) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try tensorType
      if let count = counts.first(where: { $0 < 0 }) {
        throw .violation(
          "tile", [type], "C1", "tile of \(type) needs counts of at least 0, found \(count)")
      }
      let rank = Swift.max(counts.count, type.rank)
      let sizes = [Dim](repeating: 1, count: rank - type.rank) + type.shape.dims
      let repeats = [Int](repeating: 1, count: rank - counts.count) + counts
      // An axis for the copies before each axis.
      var (split, filled, joined): ([Dim], [Dim], [Dim]) = ([], [], [])
      for (size, count) in zip(sizes, repeats) {
        split += [1, size]
        filled += [.constant(count), size]
        joined.append(size * .constant(count))
      }
      return reshaped(toShape: Shape(split)).broadcast(toShape: Shape(filled))
        .reshaped(toShape: Shape(joined))
    }
  }

  /// Each element along an axis `count` times in a row: NumPy's repeat.
  public func repeated(_ count: Int, axis: Int) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try tensorType
      let axis = try type.resolvedAxis(axis, "repeat")
      if count < 0 {
        throw .violation(
          "repeat", [type], "C1", "repeat of \(type) needs a count of at least 0, found \(count)")
      }
      var (split, joined) = (type.shape, type.shape)
      split.dims.insert(1, at: axis + 1)
      var filled = split
      filled[axis + 1] = .constant(count)
      joined[axis] = joined[axis] * .constant(count)
      return reshaped(toShape: split).broadcast(toShape: filled).reshaped(toShape: joined)
    }
  }

  /// The elements moved by `shift` positions along an axis, those that leave it at one end coming in at
  /// the other: NumPy's roll.
  public func rolled(by shift: Int, axis: Int) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try tensorType
      let axis = try type.resolvedAxis(axis, "roll")
      guard let size = type.shape[axis].constant, size > 1 else { return self }
      let start = ((size - shift % size) % size + size) % size
      if start == 0 { return self }
      return [slice(axis, start, size), slice(axis, 0, start)].concatenated(axis: axis)
    }
  }

  /// `count` parts of equal size along an axis.
  ///
  /// - Returns: the parts; one tensor that carries the error where the size is no multiple of `count`.
  public func split(into count: Int, axis: Int = 0) -> [Tensor] {
    parts(along: axis) { (type, axis) throws(TensorError) in
      guard count > 0, let size = type.shape[axis].constant, size % count == 0 else {
        throw .violation(
          "split", [type], "C1",
          "split of \(type) needs a size along axis \(axis) that is a multiple of the \(count) parts"
        )
      }
      return (1..<count).map { $0 * (size / count) }
    }
  }

  /// The parts between positions along an axis: up to the first, from each to the next, and from the
  /// last one on; NumPy's split at indices.
  ///
  /// - Returns: one part more than there are positions; one tensor that carries the error where the
  ///   positions do not ascend within the axis.
  public func split(at positions: [Int], axis: Int = 0) -> [Tensor] {
    parts(along: axis) { (type, axis) throws(TensorError) in
      let bounds = [0] + positions + [type.shape[axis].constant ?? .max]
      guard zip(bounds, bounds.dropFirst()).allSatisfy({ $0 <= $1 }) else {
        throw .violation(
          "split", [type], "C1",
          "split of \(type) along axis \(axis) needs positions that ascend within it, found "
            + "\(positions)")
      }
      return positions
    }
  }

  private func parts(
    along axis: Int, at positions: (TensorType, Int) throws(TensorError) -> [Int]
  ) -> [Tensor] {
    do throws(TensorError) {
      let type = try tensorType
      let axis = try type.resolvedAxis(axis, "split")
      let inner = try positions(type, axis)
      guard let size = type.shape[axis].constant else { return [self] }
      let bounds = [0] + inner + [size]
      return zip(bounds, bounds.dropFirst()).map { slice(axis, $0, $1) }
    } catch {
      return [Tensor(failure: error)]
    }
  }

  /// The positions `lower ..< upper` along an axis that the tensor has.
  func slice(_ axis: Int, _ lower: Int, _ upper: Int) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let shape = try tensorType.shape
      var start = [Dim](repeating: 0, count: shape.rank)
      var limit = shape.dims
      start[axis] = .constant(lower)
      limit[axis] = .constant(upper)
      return Tensor.apply(.slice, self, attributes: [.start: .dims(start), .limit: .dims(limit)])
    }
  }
}
