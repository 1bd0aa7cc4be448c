import ScalarIR

/// All the results of a fold along one axis of operands of one shape: of the first element, of the
/// first two, and so on.
///
/// The order depends on the axis' size alone. Where `combine` is given, the axis is cut into segments
/// of `segmentElements` in the order of the scan, each of which is folded from the start; the states
/// of whole segments are combined one after the other, and each element's state is the combination of
/// those of the segments before its own with the one within its segment. Without `combine`, the whole
/// axis is one fold.
package struct CumulativeScan: Hashable, Sendable {
  package let fold: Accumulation
  /// From the states of two runs of elements, the earlier first, to the state of both. `fold.start`
  /// combines with any state without changing it.
  package let combine: ScalarExpr?
  package let axis: Int
  /// Whether the axis is taken from its end to its beginning.
  package let isReversed: Bool

  package init(fold: Accumulation, combine: ScalarExpr?, axis: Int, isReversed: Bool) {
    self.fold = fold
    self.combine = combine
    self.axis = axis
    self.isReversed = isReversed
  }

  /// The scan of a monoid.
  package init(_ monoid: Monoid, axis: Int, isReversed: Bool) {
    self.init(
      fold: Accumulation(monoid, start: monoid.identity), combine: monoid.combine, axis: axis,
      isReversed: isReversed)
  }

  /// The elements of a segment.
  package static let segmentElements = 1 << 12
}
