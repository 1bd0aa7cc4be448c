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
    let tape = fused.tape
    var reductions: [(value: Value, operand: Value, monoid: Monoid)] = []
    for number in group.nodes {
      let node = tape.nodes[number]
      if case .reduction(let reduction) = tape.family(of: node), !reduction.axes.isEmpty {
        reductions.append((node.firstResult, node.operands[0], reduction.monoid))
      }
    }
    let stateBytes = reductions.flatMap(\.monoid.state).reduce(0) { $0 + $1.byteWidth }
    let plan = SegmentPlan(group: group, axes: axes, stateBytes: stateBytes, options: options)
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
          emitter.states[item.value] = emitter.loadState(item.monoid, names, at: j)
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
      /// Combines so many rows, from the one at `start` on, into the states of their columns.
      func combine(_ emitter: inout KernelEmitter, from start: Index, rows: Int) {
        let elementScope = emitter.depth
        emitter.loop(width) { emitter, j in
          let columns = plan.keptAxes(
            row: row, column: firstColumn + j, scope: scope, columnScope: emitter.depth)
          var states = zip(reductions, arrays).map { item, names in
            emitter.loadState(item.monoid, names, at: j)
          }
          for step in 0..<rows {
            if step > 0 { emitter.forgetValues(inside: elementScope) }
            let i = first + (start + .constant(step))
            emitter.axes =
              columns + [
                AxisGroup(axes: plan.outerAxes, index: o, scope: runScope),
                AxisGroup(axes: plan.innerAxes, index: i, scope: elementScope),
              ]
            for (number, item) in reductions.enumerated() {
              let element = emitter.pull(item.operand, at: coordinates)
              let lifted = emitter.lift(element, position: o * plan.inner + i, item.monoid)
              states[number] = emitter.apply(item.monoid.combine, states[number] + lifted)
            }
          }
          for (names, state) in zip(arrays, states) {
            for (name, scalar) in zip(names, state) {
              emitter.append(.store(array: name, index: j, value: scalar.variable))
            }
          }
        }
      }
      let rows = emitter.rowsAtOnce
      let rounds = count.quotient(byAtLeastOne: .constant(rows))
      emitter.loop(rounds) { emitter, i in
        combine(&emitter, from: i * .constant(rows), rows: rows)
      }
      if rows == 1 { return }
      emitter.loop(count.remainder(byAtLeastOne: .constant(rows))) { emitter, i in
        combine(&emitter, from: rounds * .constant(rows) + i, rows: 1)
      }
    }
    return arrays
  }

  /// Rows that are combined into the columns' states before these are written back: several where
  /// an element takes little to compute, so that reading it is what takes time.
  private var rowsAtOnce: Int {
    let steps = group.nodes.reduce(0) { sum, number in
      guard case .elementwise(let meaning) = tape.family(of: tape.nodes[number]) else { return sum }
      return sum + meaning.nodes.count
    }
    return steps <= 8 ? 4 : 1
  }

  /// The state of one element.
  private mutating func lift(_ element: Scalar, position: Index, _ monoid: Monoid) -> [Scalar] {
    let place =
      monoid.usesPosition
      ? define(.i64, .index(position), scope: depth) : constant(.zero(.i64))
    return apply(monoid.lift, [element, place])
  }

  /// The state at an index of the arrays that hold its components.
  private mutating func loadState(
    _ monoid: Monoid, _ arrays: [String], at index: Index
  ) -> [Scalar] {
    zip(arrays, monoid.state).map { name, dtype in
      define(dtype, .load(array: name, index: index), scope: depth)
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
    let block: Index = .constant(plan.combinedColumns)
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
    let states = [left, right].map { loadState(monoid, arrays, at: $0) }
    for (name, scalar) in zip(arrays, apply(monoid.combine, states[0] + states[1])) {
      append(.store(array: name, index: left, value: scalar.variable))
    }
  }
}
