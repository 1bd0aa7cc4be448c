import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// The first few elements of long lines: runs are sorted, and then the first elements of each are
// merged, run after run, into those of all runs before it. Most runs have none that is wanted, which
// one comparison tells.

extension Lowering {
  /// The positions of the first `count` elements of each line in order.
  mutating func folded(_ plan: SortPlan, count: Int) -> BufferID {
    let runs = declareRuns(plan)
    sortRuns(plan, into: runs)
    let order = buffers.declare(
      nil, plan.positionType, count: plan.lines * .constant(count))
    var emitter = sortEmitter(plan)
    let length: Index = .constant(SortPlan.runLength)
    let runCount = plan.length.quotientRoundedUp(by: length)
    emitter.outerLoop(plan.lines, mark: plan.mark) { emitter, line in
      let start = line * plan.length
      let fold = Fold(plan: plan, source: runs, count: count, in: &emitter)
      emitter.loop(.constant(count)) { emitter, t in
        emitter.copy(fold, from: start + t, to: fold.best, at: t)
      }
      emitter.loop(runCount - 1) { emitter, r in
        let first = (r + 1) * length
        emitter.merge(
          fold, at: start + first,
          available: .minimum(of: .constant(count), plan.length - first))
      }
      let target = emitter.array(order, dtype: plan.positionType, access: .write)
      emitter.loop(.constant(count)) { emitter, t in
        let position = emitter.define(
          plan.positionType, .load(array: fold.best.positions, index: t), scope: emitter.depth)
        emitter.append(
          .store(array: target, index: line * .constant(count) + t, value: position.variable))
      }
    }
    launch(emitter)
    return order
  }
}

/// The first elements of a line so far, and room for those that replace them.
private struct Fold {
  let plan: SortPlan
  let source: SortedRuns
  let count: Int
  let best: Elements
  let next: Elements
  /// How many of the best and of the run have been taken.
  let cursor: String

  /// Scratch arrays of keys and positions.
  struct Elements {
    let keys: [String]
    let positions: String
  }

  /// Declares the arrays in the current scope.
  init(plan: SortPlan, source: SortedRuns, count: Int, in emitter: inout KernelEmitter) {
    self.plan = plan
    self.source = source
    self.count = count
    func scratch(_ dtype: DType, _ count: Int) -> String {
      let name = emitter.freshVariable("s").name
      emitter.append(.scratch(name: name, dtype, count: count))
      return name
    }
    func elements() -> Elements {
      Elements(
        keys: plan.ranks.map { scratch($0.resultTypes[0], count) },
        positions: scratch(plan.positionType, count))
    }
    best = elements()
    next = elements()
    cursor = scratch(.i64, 2)
  }
}

extension KernelEmitter {
  private mutating func load(_ fold: Fold, _ names: [String], at index: Index) -> [Scalar] {
    zip(names, fold.plan.ranks).map { name, rank in
      define(rank.resultTypes[0], .load(array: name, index: index), scope: depth)
    }
  }

  private mutating func sourceKeys(_ fold: Fold) -> [String] {
    zip(fold.source.keys, fold.plan.ranks).map { buffer, rank in
      array(buffer, dtype: rank.resultTypes[0], access: .read)
    }
  }

  private mutating func store(
    _ keys: [Scalar], _ position: Scalar, to target: Fold.Elements, at index: Index
  ) {
    for (name, key) in zip(target.keys, keys) {
      append(.store(array: name, index: index, value: key.variable))
    }
    append(.store(array: target.positions, index: index, value: position.variable))
  }

  /// Copies an element of the source to scratch.
  fileprivate mutating func copy(
    _ fold: Fold, from index: Index, to target: Fold.Elements, at place: Index
  ) {
    let keys = load(fold, sourceKeys(fold), at: index)
    let positionType = fold.plan.positionType
    let positions = array(fold.source.positions, dtype: positionType, access: .read)
    let position = define(positionType, .load(array: positions, index: index), scope: depth)
    store(keys, position, to: target, at: place)
  }

  /// Merges the run that begins at `start`, of which `available` elements count, into the best ones.
  fileprivate mutating func merge(_ fold: Fold, at start: Index, available: Index) {
    let first = load(fold, sourceKeys(fold), at: start)
    let last = load(fold, fold.best.keys, at: .constant(fold.count - 1))
    let (isWanted, _) = compare(first, last)
    when(Condition([.holds(isWanted.variable)])) { emitter in
      let zero = emitter.constant(.zero(.i64))
      for place in 0..<2 {
        emitter.append(
          .store(array: fold.cursor, index: .constant(place), value: zero.variable))
      }
      emitter.loop(.constant(fold.count)) { emitter, t in
        emitter.take(fold, start: start, available: available, at: t)
      }
      emitter.loop(.constant(fold.count)) { emitter, t in
        let keys = emitter.load(fold, fold.next.keys, at: t)
        let position = emitter.define(
          fold.plan.positionType, .load(array: fold.next.positions, index: t),
          scope: emitter.depth)
        emitter.store(keys, position, to: fold.best, at: t)
      }
    }
  }

  /// Moves the next element of the best ones or of the run.
  private mutating func take(
    _ fold: Fold, start: Index, available: Index, at place: Index
  ) {
    let depth = depth
    let positionType = fold.plan.positionType
    let taken = (0..<2).map {
      define(.i64, .load(array: fold.cursor, index: .constant($0)), scope: depth)
    }
    let (i, j) = (Index.value(taken[0].variable), Index.value(taken[1].variable))
    let source = start + .minimum(of: j, available - 1)
    let old = load(fold, fold.best.keys, at: i)
    let new = load(fold, sourceKeys(fold), at: source)
    let (isLess, _) = compare(new, old)
    let isThere = truth(of: j, isLess: available, scope: depth)
    let takesNew = define(
      .bool, .binary(.and, isLess.variable, isThere.variable), scope: depth)
    let keys = zip(old, zip(new, fold.plan.ranks)).map { old, new in
      define(
        new.1.resultTypes[0], .select(takesNew.variable, new.0.variable, old.variable),
        scope: depth)
    }
    let positions = array(fold.source.positions, dtype: positionType, access: .read)
    let oldPosition = define(
      positionType, .load(array: fold.best.positions, index: i), scope: depth)
    let newPosition = define(positionType, .load(array: positions, index: source), scope: depth)
    let position = define(
      positionType, .select(takesNew.variable, newPosition.variable, oldPosition.variable),
      scope: depth)
    store(keys, position, to: fold.next, at: place)
    let step = define(.i64, .convert(takesNew.variable), scope: depth)
    let one = constant(.one(.i64))
    let otherStep = define(.i64, .binary(.sub, one.variable, step.variable), scope: depth)
    for (number, (count, step)) in zip(taken, [otherStep, step]).enumerated() {
      let sum = define(.i64, .binary(.add, count.variable, step.variable), scope: depth)
      append(.store(array: fold.cursor, index: .constant(number), value: sum.variable))
    }
  }
}
