import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// Lines put in order by merging: short runs are sorted by counting, for each element, those that
// come before it; then passes merge neighbouring runs into runs twice as long, each from one buffer
// into another. A pass is cut into chunks of its output, and each chunk finds where its part of the
// two runs begins by bisection along the merge path (Green, McColl, Bader: GPU Merge Path, 2012). So
// every iteration writes a place that is known beforehand, and any number of them may run at once.
//
// What moves are the keys as unsigned integers (`Sorting.rank`) and positions in the line; at the end
// each operand's elements are fetched from where the positions say.

extension Lowering {
  mutating func lowerSort(_ group: FusionGroup) {
    for number in group.nodes {
      let node = fused.tape.nodes[number]
      guard case .sorting(let sorting) = fused.tape.family(of: node) else { continue }
      let plan = SortPlan(sorting, node, fused.tape, options)
      if let count = plan.foldedCount {
        fetch(plan, folded(plan, count: count), lineLength: .constant(count))
      } else {
        let order = plan.knownLength.map { merged(plan, length: $0) } ?? counted(plan)
        fetch(plan, order, lineLength: plan.length)
      }
    }
  }

  func sortEmitter(_ plan: SortPlan) -> KernelEmitter {
    let number = fused.tape.producer(of: plan.node.firstResult) ?? 0
    return emitter(for: FusionGroup(kind: .sort, domain: plan.shape, nodes: [number]))
  }

  /// Buffers for keys and positions.
  mutating func declareRuns(_ plan: SortPlan) -> SortedRuns {
    SortedRuns(
      keys: plan.ranks.map { buffers.declare(nil, $0.resultTypes[0], count: plan.elements) },
      positions: buffers.declare(nil, plan.positionType, count: plan.elements))
  }

  /// The positions of each line's elements in order, for lines of known length.
  private mutating func merged(_ plan: SortPlan, length: Int) -> BufferID {
    var runs = declareRuns(plan)
    var other: SortedRuns?
    sortRuns(plan, into: runs)
    var width = SortPlan.runLength
    while width < length {
      let target = other ?? declareRuns(plan)
      mergeRuns(plan, width: width, from: runs, into: target)
      other = runs
      runs = target
      width *= 2
    }
    return runs.positions
  }

  /// Elements of the results from where `order`, with so many positions a line, says that they are.
  private mutating func fetch(_ plan: SortPlan, _ order: BufferID, lineLength: Index) {
    let tape = fused.tape
    let node = plan.node
    let kept = Index(tape.type(of: node.firstResult).shape[plan.sorting.axis])
    var emitter = sortEmitter(plan)
    var isEmpty = true
    emitter.outerLoop(plan.outer) { emitter, o in
      emitter.loop(kept) { emitter, p in
        emitter.loop(plan.inner) { emitter, i in
          let depth = emitter.depth
          let positions = emitter.array(order, dtype: plan.positionType, access: .read)
          let position = emitter.define(
            plan.positionType,
            .load(array: positions, index: (o * plan.inner + i) * lineLength + p), scope: depth)
          let source = plan.position(o, i, .value(position.variable))
          let target = (o * kept + p) * plan.inner + i
          for (number, result) in node.results.enumerated() {
            guard let buffer = buffers[result] else { continue }
            isEmpty = false
            let dtype = tape.type(of: result).dtype
            let element: KernelEmitter.Scalar
            if number < node.operands.count, let operand = buffers[node.operands[number]] {
              let array = emitter.array(operand, dtype: dtype, access: .read)
              element = emitter.define(dtype, .load(array: array, index: source), scope: depth)
            } else {
              element = emitter.define(dtype, .convert(position.variable), scope: depth)
            }
            let array = emitter.array(buffer, dtype: dtype, access: .write)
            emitter.append(.store(array: array, index: target, value: element.variable))
          }
        }
      }
    }
    if !isEmpty { launch(emitter) }
  }
}

/// What is sorted, and how it is cut.
struct SortPlan {
  let sorting: Sorting
  let node: Node
  /// The operands' shape.
  let shape: Shape
  /// From each key to an unsigned integer.
  let ranks: [ScalarExpr]
  let keys: [Value]
  /// The elements of a line, lines that follow each other, and those that lie side by side.
  let length: Index
  let outer: Index
  let inner: Index
  let positionType: DType
  /// Whether threads share the work.
  let isShared: Bool
  /// The lines from which on each is worth a thread that goes along all of its runs.
  private let foldedLines: Int

  /// Elements that are sorted by counting.
  static let runLength = 32
  /// Runs that one thread goes along however few lines there are.
  private static let foldedRuns = 64
  /// Elements of the output of a pass that are merged one after the other; divides `runLength`.
  static let chunkLength = 32

  init(_ sorting: Sorting, _ node: Node, _ tape: Tape, _ options: LoweringOptions) {
    self.sorting = sorting
    self.node = node
    shape = tape.type(of: node.operands[0]).shape
    keys = Array(node.operands.prefix(sorting.keyCount))
    ranks = keys.map { sorting.rank(tape.type(of: $0).dtype) }
    length = Index(shape[sorting.axis])
    outer = Index(shape.dims[..<sorting.axis].reduce(1, *))
    inner = Index(shape.dims[(sorting.axis + 1)...].reduce(1, *))
    positionType = length.constant.map { $0 <= Int(Int32.max) } ?? false ? .i32 : .i64
    isShared = shape.elementCount.constant.map { $0 >= options.sharedElements } ?? true
    foldedLines = options.foldedLines
  }

  var lines: Index { outer * inner }
  var elements: Index { lines * length }

  /// The length of a line where the number of passes is known when the program is made.
  var knownLength: Int? { length.constant }

  /// How many elements of each line are wanted, where these are few of many and lines are either many
  /// or of few runs.
  var foldedCount: Int? {
    guard let length = knownLength, length > SortPlan.runLength,
      let count = sorting.count?.constant,
      (1...SortPlan.runLength).contains(count),
      lines.constant.map({ $0 >= foldedLines }) ?? true
        || length <= SortPlan.foldedRuns * SortPlan.runLength
    else { return nil }
    return count
  }

  /// The row-major position of an element of a line in an operand.
  func position(_ o: Index, _ i: Index, _ p: Index) -> Index { (o * length + p) * inner + i }

  /// The same for lines numbered through.
  func position(line: Index, _ p: Index) -> Index {
    position(line.quotient(byAtLeastOne: inner), line.remainder(byAtLeastOne: inner), p)
  }

  /// How the outermost loop of a kernel is marked.
  var mark: Loop.Mark { isShared ? .parallel : .serial }
}

/// Keys and positions of lines, one line after the other.
struct SortedRuns {
  let keys: [BufferID]
  let positions: BufferID
}
