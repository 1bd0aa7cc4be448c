import ScalarIR

/// In which order a reduction combines its elements.
///
/// The order depends on the operand's rank, the reduced axes and their extents, and on nothing else
/// — not on kept extents, layout, fusion, threads or device — so results are the same bits
/// everywhere.
///
/// Adjacent reduced axes merge into groups. Within a segment, each lane combines its elements one
/// after the other in row-major order; then lanes combine by halving (lane l with l + 64, then with
/// l + 32, …); then segments combine pairwise (0 with 1, 2 with 3, …, and so on upwards, an odd last
/// one passing through). Lanes without elements take no part.
package struct ReductionTree<Size> {
  /// The number of lanes: 128 where the innermost axis is reduced, else one.
  package let lanes: Int
  /// The extent of the innermost group of reduced axes.
  package let inner: Size
  /// The product of the extents of the other reduced axes.
  package let outer: Size

  /// Lanes where the innermost axis is reduced.
  package static var laneCount: Int { 128 }
  /// Elements of one lane set's segment, and of a single lane's.
  package static var laneSegment: Int { 1 << 16 }
  package static var singleSegment: Int { 256 }

  /// The most elements of the innermost group that a segment holds.
  package var segmentElements: Int { lanes == 1 ? Self.singleSegment : Self.laneSegment }
}

extension ReductionTree where Size == Dim {
  /// The tree for reducing `axes` (ascending, at least one) of an operand.
  package init(shape: Shape, axes: [Int]) {
    lanes = axes.last == shape.rank - 1 ? Self.laneCount : 1
    var start = axes.count - 1
    while start > 0, axes[start - 1] == axes[start] - 1 { start -= 1 }
    inner = axes[start...].reduce(1) { $0 * shape[$1] }
    outer = axes[..<start].reduce(1) { $0 * shape[$1] }
  }
}

extension ReductionTree where Size == Int {
  /// The tree for known sizes.
  package init?(_ tree: ReductionTree<Dim>) {
    guard let inner = tree.inner.constant, let outer = tree.outer.constant else { return nil }
    lanes = tree.lanes
    self.inner = inner
    self.outer = outer
  }

  /// Whole runs of the innermost group in a segment; 0 where one run takes several segments.
  package var runsPerSegment: Int {
    inner == 0 || inner > segmentElements ? 0 : segmentElements / inner
  }

  /// The number of segments; 0 where there is no element.
  package var segmentCount: Int {
    if inner == 0 || outer == 0 { return 0 }
    if runsPerSegment > 0 { return (outer + runsPerSegment - 1) / runsPerSegment }
    return outer * ((inner + segmentElements - 1) / segmentElements)
  }

  /// The segment and the lane of the element at coordinate `i` of the innermost group in run `o`.
  package func place(run o: Int, coordinate i: Int) -> (segment: Int, lane: Int) {
    let segment =
      runsPerSegment > 0
      ? o / runsPerSegment
      : o * ((inner + segmentElements - 1) / segmentElements) + i / segmentElements
    return (segment, i % lanes)
  }
}

extension ReductionTree: Sendable where Size: Sendable {}
extension ReductionTree: Equatable where Size: Equatable {}
