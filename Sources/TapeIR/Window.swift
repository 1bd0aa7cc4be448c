import ScalarIR

/// A fold over a window of the operands for each position of the result, in row-major order over the
/// window. Positions of a window that lie outside of the operands take no part.
package struct Window: Hashable, Sendable {
  package let fold: Accumulation
  /// For each axis of the operands, how windows lie along it.
  package let axes: [Axis]
  /// The first operands are read over the window; the others have the result's shape, and are read at
  /// its position. `fold.step` takes an element of each.
  package let windowedCount: Int

  package init(fold: Accumulation, axes: [Axis], windowedCount: Int) {
    self.fold = fold
    self.axes = axes
    self.windowedCount = windowedCount
  }

  /// How windows lie along an axis: position i of window r is at `r · stride + i · dilation − low`.
  package struct Axis: Hashable, Sendable {
    package let size: Int
    package let stride: Int
    package let dilation: Int
    package let low: Dim
    package let high: Dim

    package init(size: Int, stride: Int, dilation: Int, low: Dim, high: Dim) {
      self.size = size
      self.stride = stride
      self.dilation = dilation
      self.low = low
      self.high = high
    }

    /// The distance from the first position of a window to the last.
    package var reach: Dim { .constant(size - 1) * .constant(dilation) }

    /// How many windows fit on an axis of that size with its padding.
    package func count(on extent: Dim) -> Dim {
      let room = extent + low + high - reach - 1
      let count = (room + .constant(stride)).floorDivided(by: stride)
      return count.atLeastZero
    }
  }
}
