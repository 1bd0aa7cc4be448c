import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// A group with reductions of short rows: one kernel that takes row after row. A row is walked once
// for each step — all reductions that need no other, then those that need them, and so on — while it
// stays in cache; what is computed between the reductions has no buffer.

extension Lowering {
  mutating func lowerRows(_ group: FusionGroup, _ axes: [Int]) {
    var emitter = emitter(for: group)
    let kept = group.domain.dims.indices.filter { !axes.contains($0) }
    let plan = RowPlan(fused: fused, group: group)
    let rows = AxisGroup.extent(kept, in: group.domain)
    if rows == 1 {
      emitter.emitRow(plan, axes: axes, outer: [])
    } else {
      emitter.outerLoop(Index(rows)) { emitter, r in
        emitter.emitRow(
          plan, axes: axes, outer: [AxisGroup(axes: kept, index: r, scope: emitter.depth)])
      }
    }
    launch(emitter)
  }
}

/// In which walk over the row each value of the group is computed.
struct RowPlan {
  /// The number of walks before which each node's operands are there.
  private(set) var step: [Int: Int] = [:]
  private(set) var stepCount = 1
  /// Values computed in an earlier walk than their last use that are kept instead of computed again.
  private(set) var kept: Set<Value> = []
  private(set) var reductions: [Int: Reduction] = [:]
  /// Full-level values whose computation a walk needs, by walk.
  private(set) var walked: [Int: Set<Int>] = [:]

  /// Elements of a row that are kept in scratch rather than computed again.
  private static let keptLimit = 1 << 14
  /// The scalar steps from which on a value is worth keeping.
  private static let keptCost = 8

  init(fused: FusedTape, group: FusionGroup) {
    let tape = fused.tape
    // The group's nodes that each node reads.
    var reads: [Int: Set<Int>] = [:]
    for number in group.nodes {
      let node = tape.nodes[number]
      var earliest = 0
      for use in tape.pulledUses(of: node, isInlined: { fused.roles[$0] == .inlined }) {
        guard let producer = tape.producer(of: use.value), let known = step[producer] else {
          continue
        }
        reads[number, default: []].insert(producer)
        earliest = max(earliest, reductions[producer] == nil ? known : known + 1)
      }
      step[number] = earliest
      stepCount = max(stepCount, earliest + 1)
      if case .reduction(let reduction) = tape.family(of: node), !reduction.axes.isEmpty {
        reductions[number] = reduction
      }
    }
    let rowLength = (group.reducedAxes ?? []).reduce(1) { $0 * group.domain[$1] }
    // Backwards: the walks in which each full-level value is needed.
    var needs: [Int: Set<Int>] = [:]
    for number in group.nodes.reversed() {
      let node = tape.nodes[number]
      var walks = needs[number] ?? []
      let own = step[number] ?? 0
      let isFull =
        reductions[number] == nil && group.level(of: tape.type(of: node.firstResult).shape) == .full
      if reductions[number] != nil || (isFull && group.outputs.contains(node.firstResult)) {
        walks.insert(own)
      }
      if isFull, walks.count > 1, let length = rowLength.constant, length <= Self.keptLimit,
        case .elementwise(let meaning) = tape.family(of: node), meaning.nodes.count >= Self.keptCost
      {
        kept.insert(node.firstResult)
        walks = [walks.min() ?? own]
      }
      needs[number] = walks
      for producer in reads[number] ?? [] where reductions[producer] == nil {
        needs[producer, default: []].formUnion(walks)
      }
    }
    for number in group.nodes {
      for walk in needs[number] ?? [] { walked[walk, default: []].insert(number) }
    }
  }
}

extension KernelEmitter {
  /// Writes all walks over one row.
  fileprivate mutating func emitRow(_ plan: RowPlan, axes rowAxes: [Int], outer: [AxisGroup]) {
    let inner = AxisGroup.extent(rowAxes, in: group.domain)
    let coordinates = coordinates(at: .full)
    let rowScope = depth
    var keptArrays: [Value: String] = [:]
    for value in plan.kept.sorted() {
      let name = freshVariable("s").name
      append(.scratch(name: name, tape.type(of: value).dtype, count: inner.constant ?? 0))
      keptArrays[value] = name
    }
    for walk in 0..<plan.stepCount {
      axes = outer
      let nodes = group.nodes.filter { plan.walked[walk]?.contains($0) ?? false }
      let reductions = nodes.filter { plan.reductions[$0] != nil }
      let stored = nodes.filter {
        let value = tape.nodes[$0].firstResult
        return plan.reductions[$0] == nil && plan.step[$0] == walk
          && group.level(of: tape.type(of: value).shape) == .full && group.outputs.contains(value)
      }
      let lanes = LaneAccumulators.laneCount(inner: inner)
      let accumulators = reductions.compactMap { number in
        plan.reductions[number].map {
          LaneAccumulators(tape.nodes[number].firstResult, $0.monoid, lanes: lanes, in: &self)
        }
      }
      /// Computes the walk's values at row coordinate `i`, keeping and storing what is to be.
      func visit(_ emitter: inout KernelEmitter, _ i: Index, stores: Bool) {
        emitter.axes = outer + [AxisGroup(axes: rowAxes, index: i, scope: emitter.depth)]
        emitter.cacheIndex = i
        for number in nodes where plan.reductions[number] == nil {
          let value = emitter.tape.nodes[number].firstResult
          let level = emitter.group.level(of: emitter.tape.type(of: value).shape)
          guard level == .full else { continue }
          let scalar = emitter.pull(value, at: coordinates)
          guard stores else { continue }
          if let name = keptArrays[value], emitter.cached[value] == nil {
            emitter.append(.store(array: name, index: i, value: scalar.variable))
          }
          if stored.contains(number) { emitter.store(scalar, to: value, at: coordinates) }
        }
      }
      let writes =
        !stored.isEmpty
        || nodes.contains {
          let value = tape.nodes[$0].firstResult
          return keptArrays[value] != nil && cached[value] == nil
        }
      if accumulators.isEmpty {
        if writes { loop(Index(inner)) { emitter, i in visit(&emitter, i, stores: true) } }
      } else {
        walkLanes(Index(inner), lanes: lanes) { emitter, i, l, isPresent in
          visit(&emitter, i, stores: isPresent == nil)
          for (number, accumulator) in zip(reductions, accumulators) {
            let element = emitter.pull(emitter.tape.nodes[number].operands[0], at: coordinates)
            accumulator.accumulate(
              element, position: i, lane: l, isPresent: isPresent, in: &emitter)
          }
        }
        // The last, incomplete round writes nothing by condition: its stores get a loop of their own.
        let rest = Index(inner).remainder(byAtLeastOne: .constant(lanes))
        if writes, rest != 0 {
          let start = Index(inner) - rest
          loop(rest) { emitter, l in visit(&emitter, start + l, stores: true) }
        }
      }
      axes = outer
      for (value, name) in keptArrays where cached[value] == nil {
        if let number = tape.producer(of: value), plan.walked[walk]?.contains(number) ?? false {
          cached[value] = name
        }
      }
      for accumulator in accumulators { finishReduction(accumulator, isEmpty: inner == 0) }
    }
    axes = outer
    emitKept(scope: rowScope)
  }

  /// Combines the lanes and makes the result known.
  private mutating func finishReduction(_ accumulator: LaneAccumulators, isEmpty: Bool) {
    if isEmpty {
      reduced[accumulator.value] = constant(accumulator.monoid.empty)
      return
    }
    accumulator.combineLanes(in: &self)
    let state = accumulator.state(in: &self)
    reduced[accumulator.value] = apply(accumulator.monoid.finish, state)[0]
  }

  /// Computes and writes the group's values at the kept positions.
  mutating func emitKept(scope: Int) {
    for number in group.nodes {
      let value = tape.nodes[number].firstResult
      let shape = tape.type(of: value).shape
      let isReduced = reduced[value] != nil
      guard let level = isReduced ? keptLevel(of: shape) : group.level(of: shape),
        isReduced || level != .full
      else { continue }
      let position = coordinates(at: level)
      let scalar = pull(value, at: position)
      if group.outputs.contains(value) { store(scalar, to: value, at: position) }
    }
  }

  /// The level of a reduction's result, which is never the full one, even where the shapes agree.
  private func keptLevel(of shape: Shape) -> FusionGroup.Level? {
    let level = group.level(of: shape)
    return level == .full ? .keptWithOnes : level
  }
}
