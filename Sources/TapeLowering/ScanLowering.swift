import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// A scan: one kernel that goes along the axis where that is one segment. Else a first one folds each
// segment, a second one combines the segments' states one after the other, so that each segment finds
// the state before it, and a third one goes along the segments again. Axes behind the scanned one are
// columns, scanned side by side; along an innermost axis, results are finished and what follows
// computed in runs, so that this happens in vectors. For a grid, the elements of a run are gathered
// first, too, by many threads, so that the one that goes along them finds them close by.

extension Lowering {
  mutating func lowerScan(_ group: FusionGroup) {
    let tape = fused.tape
    for number in group.nodes {
      let node = tape.nodes[number]
      guard case .scan(let scan) = tape.family(of: node) else { continue }
      let plan = ScanPlan(group, node, scan, options)
      guard let combine = scan.combine, plan.segments != 1 else {
        var only = emitter(for: group)
        only.emitResults(plan, carries: nil)
        return launch(only)
      }
      let carries = scan.fold.state.map { dtype in
        buffers.declare(nil, dtype, count: plan.rows * plan.segments * plan.columns)
      }
      var first = emitter(for: group)
      first.emitTotals(plan, to: carries)
      launch(first)
      var second = emitter(for: group)
      second.emitCarries(plan, combine, in: carries)
      launch(second)
      var third = emitter(for: group)
      third.emitResults(plan, carries: (carries, combine))
      launch(third)
    }
  }
}

/// The loops of a scan.
struct ScanPlan {
  let value: Value
  let operands: [Value]
  let scan: CumulativeScan
  /// The axes before and behind the scanned one.
  let rowAxes: [Int]
  let columnAxes: [Int]
  let rows: Index
  let columns: Index
  /// The size of the axis, and how it is cut.
  let extent: Index
  let segments: Index
  let segmentExtent: Index
  /// Columns that are scanned side by side.
  let columnBlock: Int
  let mark: Loop.Mark
  /// Whether the elements of a run are gathered before the scan goes along them.
  let gathersRuns: Bool

  /// The most columns of a block: their states stay in the nearest cache.
  private static let greatestBlock = 512
  /// Elements of a run along an innermost axis.
  static let run = 512

  init(_ group: FusionGroup, _ node: Node, _ scan: CumulativeScan, _ options: LoweringOptions) {
    value = node.firstResult
    operands = node.operands
    self.scan = scan
    let domain = group.domain
    rowAxes = Array(0..<scan.axis)
    columnAxes = Array((scan.axis + 1)..<domain.rank)
    rows = Index(AxisGroup.extent(rowAxes, in: domain))
    columns = Index(AxisGroup.extent(columnAxes, in: domain))
    extent = Index(domain[scan.axis])
    let limit: Index = .constant(CumulativeScan.segmentElements)
    let isShort = extent.constant.map { $0 <= CumulativeScan.segmentElements } ?? false
    let isWhole = scan.combine == nil || isShort
    segments = isWhole ? 1 : extent.quotientRoundedUp(byAtLeastOne: limit)
    segmentExtent = isWhole ? extent : limit
    columnBlock = options.columnBlock(
      columns, others: rows * segments, greatest: Self.greatestBlock)
    let isLarge = domain.elementCount.constant.map { $0 >= options.sharedElements } ?? true
    mark = isLarge ? .parallel : .serial
    gathersRuns = options.gathersRuns && columns == 1
  }

  /// The position along the axis of the element of that number in the order of the scan.
  func position(_ number: Index) -> Index { scan.isReversed ? extent - 1 - number : number }
}

extension KernelEmitter {
  /// The part of a scan that is emitted: a segment of neighbouring columns.
  private struct ScanPart {
    let row: Index
    let segment: Index
    let firstColumn: Index
    let width: Index
    /// The loop inside which the part is known.
    let scope: Int
  }

  /// Runs `body` for each block of columns of each segment of each row.
  private mutating func eachPart(
    _ plan: ScanPlan, segments: Index, _ body: (inout KernelEmitter, ScanPart) -> Void
  ) {
    let block: Index = .constant(plan.columnBlock)
    let blocks = plan.columns.quotientRoundedUp(byAtLeastOne: block)
    outerLoop(plan.rows * segments * blocks, mark: plan.mark) { emitter, q in
      let b = q.remainder(byAtLeastOne: blocks)
      let rs = q.quotient(byAtLeastOne: blocks)
      body(
        &emitter,
        ScanPart(
          row: rs.quotient(byAtLeastOne: segments), segment: rs.remainder(byAtLeastOne: segments),
          firstColumn: b * block, width: .minimum(of: block, plan.columns - b * block),
          scope: emitter.depth))
    }
  }

  /// Runs `body` for each column of a part, in a loop unless there is only one.
  private mutating func eachColumn(
    _ plan: ScanPlan, _ part: ScanPart, _ body: (inout KernelEmitter, Index) -> Void
  ) {
    if plan.columns == 1 { return body(&self, 0) }
    loop(part.width) { emitter, j in body(&emitter, j) }
  }

  /// Moves to an element of a part, of the given number in its segment.
  private mutating func go(
    to number: Index, _ numberScope: Int, column: Index, _ columnScope: Int, _ plan: ScanPlan,
    _ part: ScanPart
  ) {
    let place = plan.position(part.segment * plan.segmentExtent + number)
    axes = [
      AxisGroup(axes: plan.rowAxes, index: part.row, scope: part.scope),
      AxisGroup(axes: [plan.scan.axis], index: place, scope: numberScope),
      AxisGroup(axes: plan.columnAxes, index: part.firstColumn + column, scope: columnScope),
    ].filter { !$0.axes.isEmpty }
  }

  /// Elements of a part along the axis.
  private func count(_ plan: ScanPlan, _ part: ScanPart) -> Index {
    plan.segments == 1
      ? plan.extent
      : .minimum(of: plan.segmentExtent, plan.extent - part.segment * plan.segmentExtent)
  }

  /// Arrays with the state before the first element, for each column of a part.
  private mutating func startedStates(_ plan: ScanPlan, _ part: ScanPart) -> [String] {
    let names = scratch(plan.scan.fold.state, count: plan.columnBlock)
    let start = plan.scan.fold.start.map { constant($0) }
    eachColumn(plan, part) { emitter, j in emitter.store(start, to: names, at: j) }
    return names
  }

  /// Takes the element at the current position into the state at an index, and gives it.
  ///
  /// - Parameter gathered: where the element lies, if it has been gathered.
  private mutating func advance(
    _ plan: ScanPlan, _ states: [String], at index: Index,
    gathered: (arrays: [String], index: Index)? = nil
  ) -> [Scalar] {
    let elements: [Scalar]
    if let gathered {
      elements = load(gathered.arrays, elementTypes(plan), at: gathered.index)
    } else {
      let coordinates = coordinates(at: .full)
      elements = plan.operands.map { pull($0, at: coordinates) }
    }
    let state = load(states, plan.scan.fold.state, at: index)
    let next = apply(plan.scan.fold.step, state + elements)
    store(next, to: states, at: index)
    return next
  }

  private func elementTypes(_ plan: ScanPlan) -> [DType] {
    plan.operands.map { tape.type(of: $0).dtype }
  }

  /// Puts the elements of a run of a part that has one column into arrays; nil where they are not
  /// gathered.
  private mutating func gatheredRun(
    _ plan: ScanPlan, _ part: ScanPart, first: Index, length: Index
  ) -> [String]? {
    guard plan.gathersRuns else { return nil }
    let arrays = scratch(elementTypes(plan), count: ScanPlan.run)
    loop(length) { emitter, i in
      emitter.go(to: first + i, emitter.depth, column: 0, part.scope, plan, part)
      let coordinates = emitter.coordinates(at: .full)
      emitter.store(
        plan.operands.map { emitter.pull($0, at: coordinates) }, to: arrays, at: i)
    }
    return arrays
  }

  /// Folds each segment, and writes its state.
  fileprivate mutating func emitTotals(_ plan: ScanPlan, to totals: [BufferID]) {
    eachPart(plan, segments: plan.segments) { emitter, part in
      let states = emitter.startedStates(plan, part)
      let count = emitter.count(plan, part)
      if plan.gathersRuns {
        emitter.eachRun(of: count) { emitter, first, length in
          guard
            let elements = emitter.gatheredRun(plan, part, first: first, length: length)
          else { return }
          emitter.loop(length) { emitter, i in
            _ = emitter.advance(plan, states, at: 0, gathered: (elements, i))
          }
        }
      } else {
        emitter.loop(count) { emitter, i in
          let scope = emitter.depth
          emitter.eachColumn(plan, part) { emitter, j in
            emitter.go(to: i, scope, column: j, emitter.depth, plan, part)
            _ = emitter.advance(plan, states, at: j)
          }
        }
      }
      let names = emitter.arrays(totals, plan.scan.fold.state, access: .write)
      emitter.eachColumn(plan, part) { emitter, j in
        let state = emitter.load(states, plan.scan.fold.state, at: j)
        let row = (part.row * plan.segments + part.segment) * plan.columns
        emitter.store(state, to: names, at: row + part.firstColumn + j)
      }
    }
  }

  /// Puts, in place of each segment's state, the combination of those before it.
  fileprivate mutating func emitCarries(
    _ plan: ScanPlan, _ combine: ScalarExpr, in totals: [BufferID]
  ) {
    let types = plan.scan.fold.state
    eachPart(plan, segments: 1) { emitter, part in
      let states = emitter.startedStates(plan, part)
      let names = emitter.arrays(totals, types, access: .readWrite)
      if plan.gathersRuns {
        return emitter.eachRun(of: plan.segments) { emitter, first, length in
          emitter.emitCarries(plan, combine, part, states, names, first: first, length: length)
        }
      }
      emitter.loop(plan.segments) { emitter, s in
        emitter.eachColumn(plan, part) { emitter, j in
          let place = (part.row * plan.segments + s) * plan.columns + part.firstColumn + j
          let before = emitter.load(states, types, at: j)
          let total = emitter.load(names, types, at: place)
          emitter.store(before, to: names, at: place)
          emitter.store(emitter.apply(combine, before + total), to: states, at: j)
        }
      }
    }
  }

  /// The same for a run of the segments of a part that has one column: their states are gathered, and
  /// those before them written, side by side.
  private mutating func emitCarries(
    _ plan: ScanPlan, _ combine: ScalarExpr, _ part: ScanPart, _ states: [String],
    _ carries: [String], first: Index, length: Index
  ) {
    let types = plan.scan.fold.state
    let run = scratch(types, count: ScanPlan.run)
    let row = part.row * plan.segments + first
    loop(length) { emitter, s in
      emitter.store(emitter.load(carries, types, at: row + s), to: run, at: s)
    }
    loop(length) { emitter, s in
      let before = emitter.load(states, types, at: 0)
      let total = emitter.load(run, types, at: s)
      emitter.store(before, to: run, at: s)
      emitter.store(emitter.apply(combine, before + total), to: states, at: 0)
    }
    loop(length) { emitter, s in
      emitter.store(emitter.load(run, types, at: s), to: carries, at: row + s)
    }
  }

  /// Goes along each segment and writes the results and what follows them.
  fileprivate mutating func emitResults(
    _ plan: ScanPlan, carries: (buffers: [BufferID], combine: ScalarExpr)?
  ) {
    let types = plan.scan.fold.state
    eachPart(plan, segments: plan.segments) { emitter, part in
      let states = emitter.startedStates(plan, part)
      let names = carries.map { emitter.arrays($0.buffers, types, access: .read) }
      /// Writes what the state at the current position, in column j, leads to.
      func finish(_ emitter: inout KernelEmitter, _ within: [Scalar], _ j: Index) {
        var state = within
        if let carries, let names {
          let row = (part.row * plan.segments + part.segment) * plan.columns
          let before = emitter.load(names, types, at: row + part.firstColumn + j)
          state = emitter.apply(carries.combine, before + within)
        }
        emitter.reduced[plan.value] = emitter.apply(plan.scan.fold.finish, state)[0]
        emitter.storeOutputs()
        emitter.reduced[plan.value] = nil
      }
      let count = emitter.count(plan, part)
      if plan.columns != 1 {
        emitter.loop(count) { emitter, i in
          let scope = emitter.depth
          emitter.loop(part.width) { emitter, j in
            emitter.go(to: i, scope, column: j, emitter.depth, plan, part)
            finish(&emitter, emitter.advance(plan, states, at: j), j)
          }
        }
        return
      }
      emitter.eachRun(of: count) { emitter, first, length in
        let kept = emitter.scratch(types, count: ScanPlan.run)
        let elements = emitter.gatheredRun(plan, part, first: first, length: length)
        emitter.loop(length) { emitter, i in
          emitter.go(to: first + i, emitter.depth, column: 0, part.scope, plan, part)
          let state = emitter.advance(
            plan, states, at: 0, gathered: elements.map { ($0, i) })
          emitter.store(state, to: kept, at: i)
        }
        emitter.loop(length) { emitter, i in
          emitter.go(to: first + i, emitter.depth, column: 0, part.scope, plan, part)
          finish(&emitter, emitter.load(kept, types, at: i), 0)
        }
      }
    }
  }

  /// Runs `body` for each run of the elements of a part, with its first element and its length.
  private mutating func eachRun(
    of count: Index, _ body: (inout KernelEmitter, _ first: Index, _ length: Index) -> Void
  ) {
    let run: Index = .constant(ScanPlan.run)
    loop(count.quotientRoundedUp(byAtLeastOne: run)) { emitter, c in
      body(&emitter, c * run, .minimum(of: run, count - c * run))
    }
  }
}
