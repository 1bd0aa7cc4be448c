import ScalarIR

extension Shape {
  /// The shape to which this and `other` broadcast by NumPy's rule: axes are lined up from the last
  /// one, and along each the sizes are equal or one of them is 1. Nil where they are not.
  package func broadcast(with other: Shape) -> Shape? {
    let (long, short) = rank >= other.rank ? (self, other) : (other, self)
    var result = long
    for (axis, size) in zip(long.dims.indices.suffix(short.rank), short.dims) where size != 1 {
      guard result[axis] == 1 || result[axis] == size else { return nil }
      result[axis] = size
    }
    return result
  }
}
