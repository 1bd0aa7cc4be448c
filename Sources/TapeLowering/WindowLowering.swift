import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// A fold over windows: for a block of neighbouring results, one place of the window after the other is
// taken into all their states. So each result is folded in the window's order, and the innermost loop
// runs over results, which do not depend on each other.

extension Lowering {
  mutating func lowerWindow(_ group: FusionGroup) {
    let tape = fused.tape
    for number in group.nodes {
      let node = tape.nodes[number]
      guard case .window(let window) = tape.family(of: node) else { continue }
      let plan = WindowPlan(group, tape, node, window, options)
      var emitter = emitter(for: group)
      emitter.emitWindows(plan, node)
      return launch(emitter)
    }
  }
}

/// The loops of a fold over windows.
struct WindowPlan {
  let window: Window
  /// Axes of the result that the inner loop runs over, and those before them.
  let rowAxes: [Int]
  let columnAxes: [Int]
  let rows: Index
  let columns: Index
  let columnBlock: Int
  /// The axes along which a window may lie partly outside, and the operands' sizes there.
  let paddedAxes: [(axis: Int, extent: Dim)]
  let mark: Loop.Mark

  private static let greatestBlock = 512

  init(
    _ group: FusionGroup, _ tape: Tape, _ node: Node, _ window: Window, _ options: LoweringOptions
  ) {
    self.window = window
    let (shape, source) = (
      tape.type(of: node.firstResult).shape, tape.type(of: node.operands[0]).shape
    )
    let isInside = window.axes.enumerated().map { axis, item in
      let last = (shape[axis] - 1) * .constant(item.stride) + item.reach - item.low
      return (item.low.constant ?? 1) <= 0 && ((last - source[axis]).constant ?? 0) < 0
    }
    paddedAxes = shape.dims.indices.filter { !isInside[$0] }.map { ($0, source[$0]) }
    // Axes without windows at the end count as one with the axis before them.
    var start = max(0, shape.rank - 1)
    while start > 0, isInside[start - 1], window.axes[start].isTrivial { start -= 1 }
    rowAxes = Array(0..<start)
    columnAxes = Array(start..<shape.rank)
    rows = Index(AxisGroup.extent(rowAxes, in: shape))
    columns = Index(AxisGroup.extent(columnAxes, in: shape))
    columnBlock = min(Self.greatestBlock, max(1, columns.constant ?? .max))
    let isLarge = group.domain.elementCount.constant.map { $0 >= options.sharedElements } ?? true
    mark = isLarge ? .parallel : .serial
  }
}

extension Window.Axis {
  /// Whether each result lies on one element, in the same place.
  fileprivate var isTrivial: Bool { size == 1 && stride == 1 && low == 0 && high == 0 }
}

extension KernelEmitter {
  fileprivate mutating func emitWindows(_ plan: WindowPlan, _ node: Node) {
    let types = plan.window.fold.state
    let block: Index = .constant(plan.columnBlock)
    let blocks = plan.columns.quotientRoundedUp(byAtLeastOne: block)
    let start = plan.window.fold.start
    outerLoop(plan.rows * blocks, mark: plan.mark) { emitter, q in
      let b = q.remainder(byAtLeastOne: blocks)
      let width: Index = .minimum(of: block, plan.columns - b * block)
      let rowAxes = AxisGroup(
        axes: plan.rowAxes, index: q.quotient(byAtLeastOne: blocks), scope: emitter.depth)
      /// The position of column j of the block.
      func place(_ emitter: KernelEmitter, _ j: Index) -> [AxisGroup] {
        [
          rowAxes, AxisGroup(axes: plan.columnAxes, index: b * block + j, scope: emitter.depth),
        ].filter { !$0.axes.isEmpty }
      }
      let states = emitter.scratch(types, count: plan.columnBlock)
      let initial = start.map { emitter.constant($0) }
      emitter.loop(width) { emitter, j in emitter.store(initial, to: states, at: j) }
      emitter.eachPlace(plan) { emitter, windowAxes in
        emitter.loop(width) { emitter, j in
          emitter.axes = place(emitter, j) + windowAxes
          let before = emitter.load(states, types, at: j)
          emitter.store(emitter.advanced(before, plan, node), to: states, at: j)
        }
      }
      emitter.loop(width) { emitter, j in
        emitter.axes = place(emitter, j)
        let state = emitter.load(states, types, at: j)
        emitter.reduced[node.firstResult] = emitter.apply(plan.window.fold.finish, state)[0]
        emitter.emitKept(scope: emitter.depth)
        emitter.reduced[node.firstResult] = nil
      }
    }
  }

  /// Runs `body` in loops over the places of the window, in row-major order.
  private mutating func eachPlace(
    _ plan: WindowPlan, from axis: Int = 0, outer: [AxisGroup] = [],
    _ body: (inout KernelEmitter, [AxisGroup]) -> Void
  ) {
    guard axis < plan.window.axes.count else { return body(&self, outer) }
    let size = plan.window.axes[axis].size
    if size == 1 { return eachPlace(plan, from: axis + 1, outer: outer, body) }
    loop(.constant(size)) { emitter, w in
      let place = AxisGroup(
        axes: [plan.window.axes.count + axis], index: w, scope: emitter.depth)
      emitter.eachPlace(plan, from: axis + 1, outer: outer + [place], body)
    }
  }

  /// The state after the element at the current place of the window, if there is one.
  private mutating func advanced(
    _ state: [Scalar], _ plan: WindowPlan, _ node: Node
  ) -> [Scalar] {
    let window = plan.window
    let inWindow = window.axes.enumerated().map { axis, item in
      AffineForm.axis(axis, rank: rank).scaled(by: .constant(item.stride))
        + AffineForm.axis(window.axes.count + axis, rank: rank).scaled(by: .constant(item.dilation))
        + .constant(0 - item.low, rank: rank)
    }
    let ranges = plan.paddedAxes.map { item in
      Guard(form: inWindow[item.axis], lower: 0, upper: item.extent)
    }
    let kept = coordinates(at: .kept)
    let elements = node.operands.enumerated().map { number, operand in
      number < window.windowedCount
        ? pull(operand, at: inWindow, guards: ranges) : pull(operand, at: kept)
    }
    let next = apply(window.fold.step, state + elements)
    return zip(zip(next, state), window.fold.state).map { pair, dtype in
      select(pair.0, within: ranges, otherwise: pair.1, dtype)
    }
  }
}
