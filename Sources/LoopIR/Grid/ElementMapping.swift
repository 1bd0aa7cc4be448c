import ScalarIR

// Independent iterations, spread over the threads of a grid: neighbouring elements to neighbouring
// threads, so that the threads of a warp access memory side by side. Where elements lie next to each
// other, a thread takes as many as it can read at once, as the lanes of a vector.
//
// BEFORE                                AFTER
//     (for i n                              (for b (floordiv (add (floordiv (add n 3) 4) 255) 256) :block 0
//       (let v f32 (load x i))                (for t 256 :thread 0
//       (store y i v))                          (if (less (add (mul b 256) t) (floordiv (add n 3) 4)) (then
//                                                 (if (less (add (add (mul b 1024) (mul t 4)) 3) n) (then
//                                                   (for i 4 :vector 4
//                                                     (let v f32 (load x (add (add (mul b 1024) (mul t 4)) i)))
//                                                     (store y (add (add (mul b 1024) (mul t 4)) i) v)))
//                                                   (else (for i.rest … )))))))

struct ElementMapping {
  private let nest: LoopNest
  private let options: GridOptions
  private var fresh: FreshVariables
  /// Elements of a vector along the innermost loop.
  private let lanes: Int
  /// The nest with a vector in place of as many iterations of the innermost loop.
  private let bounds: [Index]

  init(_ nest: LoopNest, _ options: GridOptions, _ fresh: FreshVariables) {
    self.nest = nest
    self.options = options
    self.fresh = fresh
    lanes = nest.laneCount(options)
    let inner = nest.bounds[nest.bounds.count - 1]
    bounds = nest.bounds.dropLast() + [inner.quotientRoundedUp(by: .constant(lanes))]
  }

  /// The body of the kernel.
  mutating func blockLoop() -> Statement {
    let total = bounds.reduce(1) { $0 * $1 }
    var threads = options.warpThreads
    while threads < options.blockThreads,
      total.constant.map({ $0 > threads * options.spreadBlocks }) ?? true
    {
      threads *= 2
    }
    let turns = turnCount(total, threads: threads)
    let group = turns * threads
    let (block, thread) = (fresh.variable("b"), fresh.variable("t"))
    let isWhole = total.constant.map { $0 % group == 0 } ?? false
    /// What a thread does in one turn.
    func turn(_ number: Index) -> [Statement] {
      let body = vector(number)
      return isWhole
        ? body : [.conditional(Condition([.less(number, total)]), then: body, else: [])]
    }
    let first = Index.variable(block) * .constant(group) + .variable(thread)
    let body: [Statement]
    if turns == 1 {
      body = turn(first)
    } else {
      let round = fresh.variable("r")
      body = [
        .loop(
          Loop(
            round, .constant(turns), .unrolled,
            turn(first + .variable(round) * .constant(threads))))
      ]
    }
    return .loop(
      Loop(
        block, total.quotientRoundedUp(by: .constant(group)), .block(axis: 0),
        [.loop(Loop(thread, .constant(threads), .thread(axis: 0), body))]))
  }

  /// The vectors that a thread takes: more than one only where enough blocks are left.
  private func turnCount(_ total: Index, threads: Int) -> Int {
    guard lanes > 1, let total = total.constant else { return 1 }
    var turns = 1
    while turns < options.vectorsPerThread, total / (2 * turns * threads) >= options.busyBlocks {
      turns *= 2
    }
    return turns
  }

  /// The elements of the vector of that number.
  private mutating func vector(_ number: Index) -> [Statement] {
    var coordinates = LoopNest.coordinates(of: number, bounds)
    let start = coordinates[coordinates.count - 1] * .constant(lanes)
    coordinates[coordinates.count - 1] = start
    let inner = nest.loops[nest.loops.count - 1]
    let outside = nest.outer.substitution(coordinates.dropLast())
    let clauses = Condition(nest.outer.clauses).mappingIndices(outside).clauses
    let extent = outside(inner.extent)
    var body: [Statement]
    if lanes == 1 {
      body = nest.innermostBody.mappingIndices(nest.substitution(coordinates))
      if inner.extent != nest.bounds[nest.bounds.count - 1] {
        body = [.conditional(Condition([.less(start, extent)]), then: body, else: [])]
      }
    } else {
      body = vectorLoops(inner, from: start, below: extent).map {
        $0.mappingIndices(outside)
      }
    }
    body = nest.prefix.mappingIndices(outside) + body
    return clauses.isEmpty
      ? body : [.conditional(Condition(clauses), then: body, else: [])]
  }

  /// The lanes of a vector that begins at `start`, of which those below `extent` are there.
  private mutating func vectorLoops(
    _ inner: Loop, from start: Index, below extent: Index
  ) -> [Statement] {
    let width: Index = .constant(lanes)
    func loop(_ extent: Index, _ mark: Loop.Mark) -> Statement {
      .loop(
        Loop(
          inner.variable, extent, mark,
          nest.innermostBody.mappingIndices {
            $0.substituting(inner.variable, by: start + .variable(inner.variable))
          }))
    }
    let whole = loop(width, .vector(width: lanes))
    if inner.extent == nest.bounds[nest.bounds.count - 1],
      inner.extent.constant.map({ $0 % lanes == 0 }) ?? false
    {
      return [whole]
    }
    let rest = [loop(extent - start, .serial)].renamed(&fresh)
    return [
      .conditional(
        Condition([.less(start + (width - 1), extent)]), then: [whole], else: rest)
    ]
  }
}

extension LoopNest {
  /// How many neighbouring iterations of the innermost loop are one vector: as many as the widest
  /// array that is accessed along it has elements in one access of a thread.
  fileprivate func laneCount(_ options: GridOptions) -> Int {
    let variable = loops[loops.count - 1].variable
    let extent = bounds[bounds.count - 1]
    var widest = 0
    for statement in innermostBody {
      switch statement {
      case .define(_, let dtype, .load(_, let index, _, _)):
        if index.coefficient(of: variable) == 1 { widest = max(widest, dtype.byteWidth) }
      case .define: break
      case .store(_, let index, let value):
        guard index.coefficient(of: variable) == 1 else { continue }
        widest = max(widest, body.dtype(of: value)?.byteWidth ?? options.accessBytes)
      case .loop, .conditional, .scratch, .barrier: return 1
      }
    }
    guard widest > 0, innermostBody.count <= greatestVectorBody else { return 1 }
    var lanes = max(1, options.accessBytes / widest)
    if let count = extent.constant {
      while lanes > max(1, count) { lanes /= 2 }
      if loops.count > 1 { while count % lanes != 0 { lanes /= 2 } }
    } else if loops.count > 1 {
      // Rows of unknown length begin anywhere.
      lanes = 1
    }
    return lanes
  }
}

/// The statements of a body from which on a thread takes one element at a time, as more would not fit
/// its registers.
private let greatestVectorBody = 128

extension [Statement] {
  /// The type of a scalar that these statements define.
  fileprivate func dtype(of variable: Variable) -> DType? {
    for case .define(variable, let dtype, _) in self { return dtype }
    return nil
  }
}
