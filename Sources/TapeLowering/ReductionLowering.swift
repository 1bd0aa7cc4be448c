import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// Reductions that one row kernel does not hold: long rows, several groups of reduced axes, or kept
// innermost axes. A first kernel reduces segments, with what feeds the reduction computed on the
// way; where there are several segments, a second one combines them pairwise. What follows the
// reductions at the kept positions is computed at the end of the last kernel.

extension Lowering {
  mutating func lowerReduction(_ group: FusionGroup, _ axes: [Int]) {
    let plan = SegmentPlan(group: group, axes: axes, options: options)
    let tape = fused.tape
    var reductions: [(value: Value, operand: Value, monoid: Monoid)] = []
    for number in group.nodes {
      let node = tape.nodes[number]
      if case .reduction(let reduction) = tape.family(of: node), !reduction.axes.isEmpty {
        reductions.append((node.firstResult, node.operands[0], reduction.monoid))
      }
    }
    if plan.isEmpty {
      // Nothing to combine: every kept position gets the result for no elements.
      var emitter = emitter(for: group)
      emitter.outerLoop(plan.rows * plan.columns) { emitter, q in
        emitter.axes = plan.keptAxes(
          row: q.quotient(byAtLeastOne: plan.columns),
          column: q.remainder(byAtLeastOne: plan.columns),
          scope: emitter.depth)
        for item in reductions { emitter.reduced[item.value] = emitter.constant(item.monoid.empty) }
        emitter.emitKept(scope: emitter.depth)
      }
      return launch(emitter)
    }
    if plan.segments == 1 {
      var emitter = emitter(for: group)
      emitter.emitSegments(
        plan, reductions.map { ($0.value, $0.operand, $0.monoid) }, partials: nil)
      return launch(emitter)
    }
    let partials = reductions.map { item in
      item.monoid.state.map { dtype in
        buffers.declare(nil, dtype, count: plan.rows * plan.segments * plan.columns)
      }
    }
    var first = emitter(for: group)
    first.emitSegments(
      plan, reductions.map { ($0.value, $0.operand, $0.monoid) }, partials: partials)
    launch(first)
    var second = emitter(for: group)
    second.emitCombination(plan, reductions.map { ($0.value, $0.monoid) }, partials: partials)
    launch(second)
  }
}

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

  init(group: FusionGroup, axes: [Int], options: LoweringOptions) {
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
  }

  /// How the loop over segments may be run. Segments and columns are independent by construction.
  let mark: Loop.Mark

  /// Whether there is no element to reduce.
  var isEmpty: Bool { inner == 0 || outer == 0 }

  /// Columns that are reduced side by side.
  var columnBlock: Int { min(512, max(1, columns.constant ?? 512)) }

  func keptAxes(row: Index, column: Index, scope: Int, columnScope: Int? = nil) -> [AxisGroup] {
    [
      AxisGroup(axes: rowAxes, index: row, scope: scope),
      AxisGroup(axes: columnAxes, index: column, scope: columnScope ?? scope),
    ].filter { !$0.axes.isEmpty }
  }
}

extension KernelEmitter {
  typealias SegmentedReduction = (value: Value, operand: Value, monoid: Monoid)

  /// Reduces every segment; writes the states to `partials`, or without them finishes the group.
  fileprivate mutating func emitSegments(
    _ plan: SegmentPlan, _ reductions: [SegmentedReduction], partials: [[BufferID]]?
  ) {
    let block: Index = .constant(plan.columnBlock)
    let blocks = plan.columns.quotientRoundedUp(byAtLeastOne: block)
    outerLoop(plan.rows * plan.segments * blocks, mark: plan.mark) { emitter, q in
      let b = q.remainder(byAtLeastOne: blocks)
      let rs = q.quotient(byAtLeastOne: blocks)
      let s = rs.remainder(byAtLeastOne: plan.segments)
      let r = rs.quotient(byAtLeastOne: plan.segments)
      let scope = emitter.depth
      let width: Index = .minimum(of: block, plan.columns - b * block)
      if plan.tree.lanes > 1 {
        emitter.emitLaneSegment(plan, reductions, row: r, segment: s)
        emitter.axes = plan.keptAxes(row: r, column: 0, scope: scope)
        emitter.emitStates(plan, reductions, partials, at: r * plan.segments + s)
        return
      }
      let arrays = emitter.emitColumnSegment(
        plan, reductions, row: r, segment: s, firstColumn: b * block, width: width)
      emitter.loop(width) { emitter, j in
        emitter.axes = plan.keptAxes(
          row: r, column: b * block + j, scope: scope, columnScope: emitter.depth)
        for (item, names) in zip(reductions, arrays) {
          emitter.states[item.value] = zip(names, item.monoid.state).map { name, dtype in
            emitter.define(dtype, .load(array: name, index: j), scope: emitter.depth)
          }
        }
        let place = (r * plan.segments + s) * plan.columns + b * block + j
        emitter.emitStates(plan, reductions, partials, at: place)
      }
    }
  }

  /// Runs `body` for every run in segment `s` with the run's number, the first coordinate and the
  /// number of coordinates of the innermost group that belong to the segment.
  private mutating func walkSegment(
    _ plan: SegmentPlan, segment s: Index,
    _ body: (inout KernelEmitter, _ run: Index, _ first: Index, _ count: Index) -> Void
  ) {
    let limit: Index = .constant(plan.tree.segmentElements)
    if plan.runsPerSegment == 0 {
      let first = s.remainder(byAtLeastOne: plan.segmentsPerRun) * limit
      body(
        &self, s.quotient(byAtLeastOne: plan.segmentsPerRun), first,
        .minimum(of: limit, plan.inner - first))
      return
    }
    if plan.tree.inner.constant != nil {
      let start = s * plan.runsPerSegment
      loop(.minimum(of: plan.runsPerSegment, plan.outer - start)) { emitter, o in
        body(&emitter, start + o, 0, plan.inner)
      }
      return
    }
    // Of unknown size: the same two cases, chosen by extents at run time.
    let runs: Index = .maximum(of: plan.runsPerSegment, 1)
    let isLong: Index = .minimum(of: plan.inner.quotient(byAtLeastOne: limit + 1), 1)
    let perRun: Index = .maximum(of: plan.segmentsPerRun, 1)
    let start = isLong * s.quotient(byAtLeastOne: perRun) + (1 - isLong) * (s * runs)
    let count =
      isLong + (1 - isLong) * .minimum(of: runs, plan.outer - start)
    let first = isLong * (s.remainder(byAtLeastOne: perRun) * limit)
    loop(count) { emitter, o in
      body(&emitter, start + o, first, .minimum(of: limit, plan.inner - first))
    }
  }

  /// One segment with elements in lanes; the states are then known.
  private mutating func emitLaneSegment(
    _ plan: SegmentPlan, _ reductions: [SegmentedReduction], row: Index, segment: Index
  ) {
    let scope = depth
    let lanes = LaneAccumulators.laneCount(inner: plan.tree.inner)
    let accumulators = reductions.map {
      LaneAccumulators($0.value, $0.monoid, lanes: lanes, in: &self)
    }
    let coordinates = coordinates(at: .full)
    walkSegment(plan, segment: segment) { emitter, o, first, count in
      let runScope = emitter.depth
      emitter.walkLanes(count, lanes: lanes) { emitter, i, l, isPresent in
        emitter.axes =
          plan.keptAxes(row: row, column: 0, scope: scope) + [
            AxisGroup(axes: plan.outerAxes, index: o, scope: runScope),
            AxisGroup(axes: plan.innerAxes, index: first + i, scope: emitter.depth),
          ]
        for (item, accumulator) in zip(reductions, accumulators) {
          let element = emitter.pull(item.operand, at: coordinates)
          accumulator.accumulate(
            element, position: o * plan.inner + first + i, lane: l, isPresent: isPresent,
            in: &emitter)
        }
      }
    }
    for (item, accumulator) in zip(reductions, accumulators) {
      accumulator.combineLanes(in: &self)
      states[item.value] = accumulator.state(in: &self)
    }
  }

  /// One segment of neighbouring columns, one lane each; gives the arrays of their states.
  private mutating func emitColumnSegment(
    _ plan: SegmentPlan, _ reductions: [SegmentedReduction], row: Index, segment: Index,
    firstColumn: Index, width: Index
  ) -> [[String]] {
    let scope = depth
    let arrays = reductions.map { item in
      item.monoid.state.map { dtype -> String in
        let name = freshVariable("s").name
        append(.scratch(name: name, dtype, count: plan.columnBlock))
        return name
      }
    }
    let identities = reductions.map { item in item.monoid.identity.map { constant($0) } }
    loop(width) { emitter, j in
      for (names, identity) in zip(arrays, identities) {
        for (name, scalar) in zip(names, identity) {
          emitter.append(.store(array: name, index: j, value: scalar.variable))
        }
      }
    }
    let coordinates = coordinates(at: .full)
    walkSegment(plan, segment: segment) { emitter, o, first, count in
      let runScope = emitter.depth
      emitter.loop(count) { emitter, i in
        let elementScope = emitter.depth
        emitter.loop(width) { emitter, j in
          emitter.axes =
            plan.keptAxes(
              row: row, column: firstColumn + j, scope: scope, columnScope: emitter.depth) + [
              AxisGroup(axes: plan.outerAxes, index: o, scope: runScope),
              AxisGroup(axes: plan.innerAxes, index: first + i, scope: elementScope),
            ]
          for (item, names) in zip(reductions, arrays) {
            let element = emitter.pull(item.operand, at: coordinates)
            emitter.combine(
              element, position: o * plan.inner + first + i, item.monoid, into: names, at: j)
          }
        }
      }
    }
    return arrays
  }

  /// Combines an element into the state at `index` of `arrays`.
  private mutating func combine(
    _ element: Scalar, position: Index, _ monoid: Monoid, into arrays: [String], at index: Index
  ) {
    let place =
      monoid.usesPosition
      ? define(.i64, .index(position), scope: depth) : constant(.zero(.i64))
    let state = apply(monoid.lift, [element, place])
    let before = zip(arrays, monoid.state).map { name, dtype in
      define(dtype, .load(array: name, index: index), scope: depth)
    }
    for (name, scalar) in zip(arrays, apply(monoid.combine, before + state)) {
      append(.store(array: name, index: index, value: scalar.variable))
    }
  }

  /// Writes the known states to the partial results, or finishes the group with them.
  private mutating func emitStates(
    _ plan: SegmentPlan, _ reductions: [SegmentedReduction], _ partials: [[BufferID]]?,
    at place: Index
  ) {
    guard let partials else {
      for item in reductions {
        reduced[item.value] = apply(item.monoid.finish, states[item.value] ?? [])[0]
      }
      return emitKept(scope: depth)
    }
    for (item, buffers) in zip(reductions, partials) {
      for ((buffer, dtype), scalar) in zip(
        zip(buffers, item.monoid.state), states[item.value] ?? [])
      {
        let name = array(buffer, dtype: dtype, access: .write)
        append(.store(array: name, index: place, value: scalar.variable))
      }
    }
  }

  /// Combines the segments pairwise, in place, and finishes the group.
  fileprivate mutating func emitCombination(
    _ plan: SegmentPlan, _ reductions: [(value: Value, monoid: Monoid)], partials: [[BufferID]]
  ) {
    let block: Index = .constant(plan.columnBlock)
    let blocks = plan.columns.quotientRoundedUp(byAtLeastOne: block)
    outerLoop(plan.rows * blocks, mark: plan.mark) { emitter, q in
      let b = q.remainder(byAtLeastOne: blocks)
      let r = q.quotient(byAtLeastOne: blocks)
      let scope = emitter.depth
      let width: Index = .minimum(of: block, plan.columns - b * block)
      let base = r * plan.segments * plan.columns + b * block
      let arrays = zip(reductions, partials).map { item, buffers in
        zip(buffers, item.monoid.state).map { buffer, dtype in
          emitter.array(buffer, dtype: dtype, access: .readWrite)
        }
      }
      for level in 0..<SegmentPlan.levels(plan.segments) {
        let step: Index = .constant(1 << level)
        let pairs = (plan.segments - step).quotientRoundedUp(byAtLeastOne: step * 2)
        emitter.loop(pairs) { emitter, p in
          emitter.loop(width) { emitter, j in
            let left = base + p * (step * 2) * plan.columns + j
            for (item, names) in zip(reductions, arrays) {
              emitter.combineInPlace(
                item.monoid, names, left: left, right: left + step * plan.columns)
            }
          }
        }
      }
      emitter.loop(width) { emitter, j in
        emitter.axes = plan.keptAxes(
          row: r, column: b * block + j, scope: scope, columnScope: emitter.depth)
        for (item, names) in zip(reductions, arrays) {
          emitter.reduced[item.value] = emitter.finish(
            item.monoid, names, at: base + j, plan: plan)
        }
        emitter.emitKept(scope: emitter.depth)
      }
    }
  }

  /// The result for the state at an index, or the one for no elements, where that turns out only when
  /// the sizes are known.
  private mutating func finish(
    _ monoid: Monoid, _ arrays: [String], at index: Index, plan: SegmentPlan
  ) -> Scalar {
    let hasSegments: Condition =
      plan.segments.constant == nil ? Condition([.less(0, plan.segments)]) : .always
    let state = zip(arrays, monoid.identity).map { name, identity in
      define(
        identity.dtype,
        .load(
          array: name, index: index, condition: hasSegments,
          otherwise: hasSegments.isAlways ? nil : identity), scope: depth)
    }
    let result = apply(monoid.finish, state)[0]
    if hasSegments.isAlways { return result }
    let count = define(.i64, .index(plan.inner * plan.outer), scope: base)
    let none = constant(.zero(.i64))
    let hasElements = define(.bool, .compare(.gt, count.variable, none.variable), scope: base)
    let empty = constant(monoid.empty)
    return define(
      monoid.empty.dtype, .select(hasElements.variable, result.variable, empty.variable),
      scope: depth)
  }

  private mutating func combineInPlace(
    _ monoid: Monoid, _ arrays: [String], left: Index, right: Index
  ) {
    let states = [left, right].map { place in
      zip(arrays, monoid.state).map { name, dtype in
        define(dtype, .load(array: name, index: place), scope: depth)
      }
    }
    for (name, scalar) in zip(arrays, apply(monoid.combine, states[0] + states[1])) {
      append(.store(array: name, index: left, value: scalar.variable))
    }
  }
}

extension SegmentPlan {
  /// The levels of the pairwise tree; for an unknown number of segments, those of the greatest.
  fileprivate static func levels(_ segments: Index) -> Int {
    guard let count = segments.constant else { return 40 }
    var levels = 0
    while 1 << levels < count { levels += 1 }
    return levels
  }
}
