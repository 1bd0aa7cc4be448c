import LoopIR
import ScalarIR
import TapeIR
import TapePasses

/// The loops of a segmented reduction. Kept axes after the last reduced one are columns; they vary
/// fastest in memory and are taken together. Other kept axes are rows.
struct SegmentPlan {
  let domain: Shape
  let innerAxes: [Int]
  let outerAxes: [Int]
  let rowAxes: [Int]
  let columnAxes: [Int]
  let tree: ReductionTree<Dim>
  /// Elements of the innermost reduced group and runs of it.
  let inner: Index
  let outer: Index
  let rows: Index
  let columns: Index
  let segments: Index
  /// Whole runs in a segment, or 0 where a run takes several segments.
  let runsPerSegment: Index
  let segmentsPerRun: Index

  /// - Parameter stateBytes: of the states that the group's reductions keep of one column.
  init(group: FusionGroup, axes: [Int], stateBytes: Int, options: LoweringOptions) {
    domain = group.domain
    let isLarge = domain.elementCount.constant.map { $0 >= options.sharedElements } ?? true
    mark = isLarge ? .parallel : .serial
    tree = ReductionTree(shape: domain, axes: axes)
    var start = axes.count - 1
    while start > 0, axes[start - 1] == axes[start] - 1 { start -= 1 }
    innerAxes = Array(axes[start...])
    outerAxes = Array(axes[..<start])
    let last = axes[axes.count - 1]
    rowAxes = domain.dims.indices.filter { !axes.contains($0) && $0 < last }
    columnAxes = domain.dims.indices.filter { $0 > last }
    inner = Index(tree.inner)
    outer = Index(tree.outer)
    rows = Index(AxisGroup.extent(rowAxes, in: domain))
    columns = Index(AxisGroup.extent(columnAxes, in: domain))
    let limit: Index = .constant(tree.segmentElements)
    segmentsPerRun = inner.quotientRoundedUp(byAtLeastOne: limit)
    if let size = tree.inner.constant {
      runsPerSegment =
        size == 0 || size > tree.segmentElements ? 0 : limit.quotient(byAtLeastOne: inner)
      segments =
        runsPerSegment == 0
        ? outer * segmentsPerRun : outer.quotientRoundedUp(byAtLeastOne: runsPerSegment)
    } else {
      // Of unknown size: a run counts as several segments or as part of one at run time.
      runsPerSegment = limit.quotient(byAtLeastOne: .maximum(of: inner, 1))
      let whole = outer.quotientRoundedUp(byAtLeastOne: .maximum(of: runsPerSegment, 1))
      let isLong: Index = .minimum(of: inner.quotient(byAtLeastOne: limit + 1), 1)
      segments = isLong * (outer * segmentsPerRun) + (1 - isLong) * whole
    }
    columnBlock = options.columnBlock(
      columns, others: rows * segments,
      greatest: SegmentPlan.greatestColumnStates / max(1, stateBytes))
    combinedColumns = min(options.leastColumnBlock, max(1, columns.constant ?? .max))
  }

  /// How the loop over segments may be run. Segments and columns are independent by construction.
  let mark: Loop.Mark

  /// Whether there is no element to reduce.
  var isEmpty: Bool { inner == 0 || outer == 0 }

  /// Columns that are reduced side by side, whose states stay in the nearest cache.
  let columnBlock: Int

  /// Columns whose segments are combined side by side.
  let combinedColumns: Int

  /// Bytes of the states of one block: half of a first-level cache.
  private static let greatestColumnStates = 1 << 14

  func keptAxes(row: Index, column: Index, scope: Int, columnScope: Int? = nil) -> [AxisGroup] {
    [
      AxisGroup(axes: rowAxes, index: row, scope: scope),
      AxisGroup(axes: columnAxes, index: column, scope: columnScope ?? scope),
    ].filter { !$0.axes.isEmpty }
  }
}

extension SegmentPlan {
  /// The levels of the pairwise tree; for an unknown number of segments, those of the greatest.
  static func levels(_ segments: Index) -> Int {
    guard let count = segments.constant else { return 40 }
    var levels = 0
    while 1 << levels < count { levels += 1 }
    return levels
  }
}
