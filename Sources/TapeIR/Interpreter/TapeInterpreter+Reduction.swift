import ScalarIR

extension TapeInterpreter {
  /// A reduction in the order of its `ReductionTree`; without axes, each element by itself.
  static func reduce(
    _ reduction: Reduction, _ operand: Tensor, _ result: inout Tensor
  ) throws(TapeError) {
    if result.bits.isEmpty { return }
    let kept = operand.sizes.indices.filter { !reduction.axes.contains($0) }
    let strides = operand.strides
    let starts = Counter.offsets(kept.map { operand.sizes[$0] }, kept.map { strides[$0] })
    // The reduced elements of one result in row-major order, relative to the first.
    let elements = Counter.offsets(
      reduction.axes.map { operand.sizes[$0] }, reduction.axes.map { strides[$0] })
    let tree = try tree(reduction, operand)
    var monoid = StateArithmetic(reduction.monoid)
    for (position, start) in starts.enumerated() {
      var segments: [[StateArithmetic.State?]] = []
      for (number, offset) in elements.enumerated() {
        let place = tree.place(run: number / tree.inner, coordinate: number % tree.inner)
        while segments.count <= place.segment {
          segments.append([StateArithmetic.State?](repeating: nil, count: tree.lanes))
        }
        let state = monoid.lift(operand.bits[start + offset], position: number)
        let lane = segments[place.segment][place.lane]
        segments[place.segment][place.lane] = monoid.combine(lane, state)
      }
      let totals = segments.map { combineLanes($0, &monoid) }
      result.bits[position] =
        combinePairwise(totals, &monoid).map { monoid.finish($0) } ?? reduction.monoid.empty.bits
    }
  }

  private static func tree(
    _ reduction: Reduction, _ operand: Tensor
  ) throws(TapeError) -> ReductionTree<Int> {
    if reduction.axes.isEmpty { return ReductionTree<Int>.single }
    let tree = ReductionTree(shape: Shape(operand.sizes), axes: reduction.axes)
    guard let known = ReductionTree<Int>(tree) else { throw .data("a size is symbolic") }
    return known
  }

  /// Lane l with l + half, for half the lanes, and so on until one is left.
  private static func combineLanes(
    _ lanes: [StateArithmetic.State?], _ monoid: inout StateArithmetic
  ) -> StateArithmetic.State? {
    var lanes = lanes
    var half = lanes.count / 2
    while half >= 1 {
      for lane in 0..<half { lanes[lane] = monoid.combine(lanes[lane], lanes[lane + half]) }
      half /= 2
    }
    return lanes[0]
  }

  /// The first with the second, the third with the fourth, and so on upwards; an odd last one
  /// passes through.
  private static func combinePairwise(
    _ states: [StateArithmetic.State?], _ monoid: inout StateArithmetic
  ) -> StateArithmetic.State? {
    var level = states
    while level.count > 1 {
      level = stride(from: 0, to: level.count, by: 2).map { first in
        first + 1 < level.count ? monoid.combine(level[first], level[first + 1]) : level[first]
      }
    }
    return level.first ?? nil
  }
}

extension ReductionTree where Size == Int {
  /// The tree of one element.
  fileprivate static var single: ReductionTree {
    ReductionTree(lanes: 1, inner: 1, outer: 1)
  }
}

/// A monoid's functions on states, where no state stands for no element.
private struct StateArithmetic {
  /// The parts of a state as bit patterns.
  typealias State = [UInt64]

  private var lift: ScalarFunction
  private var combine: ScalarFunction
  private var finish: ScalarFunction

  init(_ monoid: Monoid) {
    lift = ScalarFunction(monoid.lift)
    combine = ScalarFunction(monoid.combine)
    finish = ScalarFunction(monoid.finish)
  }

  mutating func lift(_ element: UInt64, position: Int) -> State {
    lift([element, UInt64(position)])
  }

  mutating func combine(_ a: State?, _ b: State?) -> State? {
    guard let a, let b else { return a ?? b }
    return combine(a + b)
  }

  mutating func finish(_ state: State) -> UInt64 { finish(state)[0] }
}
