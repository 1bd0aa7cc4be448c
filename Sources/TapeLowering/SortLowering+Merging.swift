import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// The kernels of a merge sort.

extension Lowering {
  /// Sorts runs of a fixed length, by counting.
  mutating func sortRuns(_ plan: SortPlan, into target: SortedRuns) {
    var emitter = sortEmitter(plan)
    let runLength: Index = .constant(SortPlan.runLength)
    let runs = plan.length.quotientRoundedUp(by: runLength)
    emitter.outerLoop(plan.lines * runs, mark: plan.mark) { emitter, g in
      let line = g.quotient(byAtLeastOne: runs)
      let first = g.remainder(byAtLeastOne: runs) * runLength
      let count: Index = .minimum(of: runLength, plan.length - first)
      let keys = emitter.loadRanks(plan, line: line, first: first, count: count)
      let places = emitter.countEarlier(keys, count: count)
      emitter.spread(plan, keys, places, line: line, first: first, count: count, into: target)
    }
    launch(emitter)
  }

  /// Merges runs of `width` elements in pairs.
  ///
  /// The width is read from a buffer, so that all passes are one kernel.
  mutating func mergeRuns(
    _ plan: SortPlan, width: Int, from source: SortedRuns, into target: SortedRuns
  ) {
    var emitter = sortEmitter(plan)
    let chunk: Index = .constant(SortPlan.chunkLength)
    let chunks = plan.length.quotientRoundedUp(by: chunk)
    let constant = buffers.declare(
      nil, .i64, count: 1,
      role: .constant(Literal(splat: ScalarValue(.i64, wrapping: width), sizes: [1])))
    let widths = emitter.array(constant, dtype: .i64, access: .read)
    emitter.outerLoop(plan.lines * chunks, mark: plan.mark) { emitter, g in
      let line = g.quotient(byAtLeastOne: chunks) * plan.length
      let first = g.remainder(byAtLeastOne: chunks) * chunk
      let loaded = emitter.define(.i64, .load(array: widths, index: 0), scope: emitter.depth)
      let width = Index.value(loaded.variable)
      let place = emitter.define(
        .i64, .index(first.quotient(byAtLeastOne: width * 2) * width * 2), scope: emitter.depth)
      let pair = Index.value(place.variable)
      let merge = MergePair(
        plan: plan, source: source, start: line + pair, width: width,
        leftCount: .minimum(of: width, plan.length - pair),
        rightCount: .maximum(of: .minimum(of: width, plan.length - pair - width), 0))
      let cursor = emitter.bisect(merge, skipping: first - pair)
      emitter.loop(.minimum(of: chunk, plan.length - first)) { emitter, t in
        emitter.take(merge, cursor, into: target, at: line + first + t)
      }
    }
    launch(emitter)
  }
}

/// Two neighbouring runs that become one.
private struct MergePair {
  let plan: SortPlan
  let source: SortedRuns
  /// Where the left one begins; the right one begins `width` behind it.
  let start: Index
  let width: Index
  let leftCount: Index
  let rightCount: Index
}

extension KernelEmitter {
  /// A scratch array of one run's keys each, loaded.
  fileprivate mutating func loadRanks(
    _ plan: SortPlan, line: Index, first: Index, count: Index
  ) -> [(name: String, dtype: DType)] {
    let arrays = plan.ranks.map { rank in
      (name: freshVariable("s").name, dtype: rank.resultTypes[0])
    }
    for array in arrays {
      append(.scratch(name: array.name, array.dtype, count: SortPlan.runLength))
    }
    loop(count) { emitter, i in
      for (number, array) in arrays.enumerated() {
        let rank = emitter.rank(plan, number, at: plan.position(line: line, first + i))
        emitter.append(.store(array: array.name, index: i, value: rank.variable))
      }
    }
    return arrays
  }

  /// The unsigned integer that stands for a key at a position in its operand.
  mutating func rank(_ plan: SortPlan, _ number: Int, at position: Index) -> Scalar {
    let key = plan.keys[number]
    guard let buffer = buffers[key] else {
      preconditionFailure("fusion left a key without a buffer")
    }
    let dtype = tape.type(of: key).dtype
    let name = array(buffer, dtype: dtype, access: .read)
    let element = define(dtype, .load(array: name, index: position), scope: depth)
    return apply(plan.ranks[number], [element])[0]
  }

  /// For each element of a run, how many come before it.
  fileprivate mutating func countEarlier(
    _ keys: [(name: String, dtype: DType)], count: Index
  ) -> String {
    let places = freshVariable("s").name
    append(.scratch(name: places, .i32, count: SortPlan.runLength))
    let zero = constant(.zero(.i32))
    loop(count) { emitter, i in
      emitter.append(.store(array: places, index: i, value: zero.variable))
    }
    loop(count) { emitter, j in
      emitter.loop(count) { emitter, i in
        let depth = emitter.depth
        func load(_ index: Index) -> [Scalar] {
          keys.map { emitter.define($0.dtype, .load(array: $0.name, index: index), scope: depth) }
        }
        let (other, own) = (load(j), load(i))
        let (isLess, isEqual) = emitter.compare(other, own)
        let a = emitter.define(.i32, .index(j), scope: depth)
        let b = emitter.define(.i32, .index(i), scope: depth)
        let isEarlier = emitter.define(
          .bool, .compare(.lt, a.variable, b.variable), scope: depth)
        let isTie = emitter.define(
          .bool, .binary(.and, isEqual.variable, isEarlier.variable), scope: depth)
        let isBefore = emitter.define(
          .bool, .binary(.or, isLess.variable, isTie.variable), scope: depth)
        let one = emitter.define(.i32, .convert(isBefore.variable), scope: depth)
        let known = emitter.define(.i32, .load(array: places, index: i), scope: depth)
        let sum = emitter.define(
          .i32, .binary(.add, known.variable, one.variable), scope: depth)
        emitter.append(.store(array: places, index: i, value: sum.variable))
      }
    }
    return places
  }

  /// Whether a sequence of keys comes before another, and whether they are equal.
  mutating func compare(
    _ a: [Scalar], _ b: [Scalar]
  ) -> (isLess: Scalar, isEqual: Scalar) {
    let depth = depth
    var result: (isLess: Scalar, isEqual: Scalar)?
    for (x, y) in zip(a, b) {
      let less = define(.bool, .compare(.lt, x.variable, y.variable), scope: depth)
      let equal = define(.bool, .compare(.eq, x.variable, y.variable), scope: depth)
      guard let known = result else {
        result = (less, equal)
        continue
      }
      let decides = define(
        .bool, .binary(.and, known.isEqual.variable, less.variable), scope: depth)
      result = (
        define(.bool, .binary(.or, known.isLess.variable, decides.variable), scope: depth),
        define(.bool, .binary(.and, known.isEqual.variable, equal.variable), scope: depth)
      )
    }
    let no = constant(ScalarValue(false))
    return result ?? (no, no)
  }

  /// Puts the elements of a run into their places, and the run into the target.
  fileprivate mutating func spread(
    _ plan: SortPlan, _ keys: [(name: String, dtype: DType)], _ places: String, line: Index,
    first: Index, count: Index, into target: SortedRuns
  ) {
    let sorted = keys.map { (name: freshVariable("s").name, dtype: $0.dtype) }
    let positions = freshVariable("s").name
    for array in sorted {
      append(.scratch(name: array.name, array.dtype, count: SortPlan.runLength))
    }
    append(.scratch(name: positions, plan.positionType, count: SortPlan.runLength))
    loop(count) { emitter, i in
      let depth = emitter.depth
      let place = emitter.define(.i32, .load(array: places, index: i), scope: depth)
      for (source, target) in zip(keys, sorted) {
        let key = emitter.define(source.dtype, .load(array: source.name, index: i), scope: depth)
        emitter.append(
          .store(array: target.name, index: .value(place.variable), value: key.variable))
      }
      let position = emitter.define(plan.positionType, .index(first + i), scope: depth)
      emitter.append(
        .store(array: positions, index: .value(place.variable), value: position.variable))
    }
    let start = line * plan.length + first
    loop(count) { emitter, i in
      let depth = emitter.depth
      let sources = sorted + [(name: positions, dtype: plan.positionType)]
      for (source, buffer) in zip(sources, target.keys + [target.positions]) {
        let element = emitter.define(
          source.dtype, .load(array: source.name, index: i), scope: depth)
        let name = emitter.array(buffer, dtype: source.dtype, access: .write)
        emitter.append(.store(array: name, index: start + i, value: element.variable))
      }
    }
  }
}

// MARK: - Merging

extension KernelEmitter {
  /// The keys of an element of the source; of its last one where the index is beyond.
  private mutating func loadKeys(_ merge: MergePair, at index: Index) -> [Scalar] {
    let place = Index.minimum(of: index, merge.plan.elements - 1)
    return zip(merge.source.keys, merge.plan.ranks).map { buffer, rank in
      let dtype = rank.resultTypes[0]
      let name = array(buffer, dtype: dtype, access: .read)
      return define(dtype, .load(array: name, index: place), scope: depth)
    }
  }

  /// Finds how many of the first `count` merged elements are the left run's: a scratch array of how
  /// many of each run have been taken.
  fileprivate mutating func bisect(_ merge: MergePair, skipping count: Index) -> String {
    let cursor = freshVariable("s").name
    append(.scratch(name: cursor, .i64, count: 2))
    let depth = depth
    let low = define(
      .i64, .index(.maximum(of: count - merge.rightCount, 0)), scope: depth)
    let high = define(.i64, .index(.minimum(of: count, merge.leftCount)), scope: depth)
    append(.store(array: cursor, index: 0, value: low.variable))
    append(.store(array: cursor, index: 1, value: high.variable))
    // The range halves with each step, from at most as many candidates as the line has down to one.
    let length = merge.plan.knownLength ?? 0
    loop(.constant(Int.bitWidth - length.leadingZeroBitCount)) { emitter, _ in
      let depth = emitter.depth
      let low = emitter.define(.i64, .load(array: cursor, index: 0), scope: depth)
      let high = emitter.define(.i64, .load(array: cursor, index: 1), scope: depth)
      let (first, end) = (Index.value(low.variable), Index.value(high.variable))
      emitter.when(Condition([.less(first, end)])) { emitter in
        let depth = emitter.depth
        let middle = emitter.define(.i64, .index((first + end).quotient(by: 2)), scope: depth)
        let place = Index.value(middle.variable)
        let left = emitter.loadKeys(merge, at: merge.start + place)
        let right = emitter.loadKeys(
          merge, at: merge.start + merge.width + count - 1 - place)
        // The left element comes first unless the right one is less.
        let (isRightLess, _) = emitter.compare(right, left)
        let next = emitter.define(.i64, .index(place + 1), scope: depth)
        let newLow = emitter.define(
          .i64, .select(isRightLess.variable, low.variable, next.variable), scope: depth)
        let newHigh = emitter.define(
          .i64, .select(isRightLess.variable, middle.variable, high.variable), scope: depth)
        emitter.append(.store(array: cursor, index: 0, value: newLow.variable))
        emitter.append(.store(array: cursor, index: 1, value: newHigh.variable))
      }
    }
    let taken = define(.i64, .load(array: cursor, index: 0), scope: depth)
    let others = define(.i64, .index(count - .value(taken.variable)), scope: depth)
    append(.store(array: cursor, index: 1, value: others.variable))
    return cursor
  }

  /// Moves the next element of the two runs.
  fileprivate mutating func take(
    _ merge: MergePair, _ cursor: String, into target: SortedRuns, at place: Index
  ) {
    let depth = depth
    let taken = (0..<2).map {
      define(.i64, .load(array: cursor, index: .constant($0)), scope: depth)
    }
    let (i, j) = (Index.value(taken[0].variable), Index.value(taken[1].variable))
    let (left, right) = (merge.start + i, merge.start + merge.width + j)
    let hasLeft = truth(of: i, isLess: merge.leftCount, scope: depth)
    let hasRight = truth(of: j, isLess: merge.rightCount, scope: depth)
    let (a, b) = (loadKeys(merge, at: left), loadKeys(merge, at: right))
    let (isRightLess, _) = compare(b, a)
    let noLeft = define(.bool, .unary(.not, hasLeft.variable), scope: depth)
    let wantsRight = define(
      .bool, .binary(.or, isRightLess.variable, noLeft.variable), scope: depth)
    let takesRight = define(
      .bool, .binary(.and, hasRight.variable, wantsRight.variable), scope: depth)
    for ((x, y), (buffer, rank)) in zip(zip(a, b), zip(target.keys, merge.plan.ranks)) {
      let dtype = rank.resultTypes[0]
      let key = define(
        dtype, .select(takesRight.variable, y.variable, x.variable), scope: depth)
      let name = array(buffer, dtype: dtype, access: .write)
      append(.store(array: name, index: place, value: key.variable))
    }
    let sources = [left, right].map { define(.i64, .index($0), scope: depth) }
    let source = define(
      .i64, .select(takesRight.variable, sources[1].variable, sources[0].variable), scope: depth)
    let positionType = merge.plan.positionType
    let positions = array(merge.source.positions, dtype: positionType, access: .read)
    let position = define(
      positionType, .load(array: positions, index: .value(source.variable)), scope: depth)
    let name = array(target.positions, dtype: positionType, access: .write)
    append(.store(array: name, index: place, value: position.variable))
    let step = define(.i64, .convert(takesRight.variable), scope: depth)
    let nextRight = define(.i64, .binary(.add, taken[1].variable, step.variable), scope: depth)
    let one = constant(.one(.i64))
    let otherStep = define(.i64, .binary(.sub, one.variable, step.variable), scope: depth)
    let nextLeft = define(
      .i64, .binary(.add, taken[0].variable, otherStep.variable), scope: depth)
    append(.store(array: cursor, index: 0, value: nextLeft.variable))
    append(.store(array: cursor, index: 1, value: nextRight.variable))
  }
}
