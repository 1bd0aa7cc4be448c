import ScalarIR

// How the threads of a block share the statements of its body.
//
// Loops whose iterations are independent are spread over the threads, as deep inside as they are wide
// enough to keep all of them busy. Loops around them are run by all threads in step, and so are
// definitions, which come out the same in each. Lanes that are combined by halves are a warp's. What is
// left — stores, and loops whose iterations depend on each other — is done by one thread.

/// One step of a block.
indirect enum BlockStep {
  /// A definition, the same in all threads.
  case everyone(Statement)
  /// Statements that one thread runs.
  case first([Statement])
  /// Loops whose iterations the threads share.
  case spread(LoopNest)
  /// Lanes that one warp combines.
  case fold(LaneFold)
  /// A loop, here without its body, that all threads run in step.
  case loop(Loop, [BlockStep])
  case conditional(Condition, then: [BlockStep], else: [BlockStep])
}

/// An array that the threads of a block see, or of which each has a part.
struct BlockArray {
  let name: String
  let dtype: DType
  let count: Int

  var byteCount: Int { count * dtype.byteWidth }
}

/// The steps of a block, and its arrays.
struct BlockPlan {
  private(set) var steps: [BlockStep] = []
  private(set) var arrays: [BlockArray] = []

  init(_ body: [Statement], _ options: GridOptions) {
    steps = plan(body, options)
  }

  /// The bytes of all arrays.
  var arrayBytes: Int { arrays.reduce(0) { $0 + $1.byteCount } }

  /// Whether threads share anything.
  var isShared: Bool { steps.contains { $0.isShared } }

  /// The iterations that threads share, of the widest nest; `Int.max` where that depends on symbols.
  var width: Int { steps.width }

  /// The same among nests in loops only: these do most of the work, where there are any.
  private var repeatedWidth: Int {
    steps.map { step in
      switch step {
      case .everyone, .first, .spread, .fold: 0
      case .loop(_, let body): body.width
      case .conditional(_, let then, let otherwise): (then + otherwise).width
      }
    }.max() ?? 0
  }

  /// The threads that a block has use for.
  func threadCount(_ options: GridOptions) -> Int {
    guard isShared else { return 1 }
    let wanted = repeatedWidth > 1 ? repeatedWidth : width
    var count = options.warpThreads
    while count < wanted, count < options.blockThreads { count *= 2 }
    return count
  }

  /// Whether one thread runs a long loop while the others wait.
  var isMostlySerial: Bool { steps.contains { $0.hasLongSequence } }

  private mutating func plan(_ body: [Statement], _ options: GridOptions) -> [BlockStep] {
    var steps: [BlockStep] = []
    var rest = body[...]
    var local: Set<String> = []
    while let statement = rest.first {
      if options.warpThreads == Expression.warpThreads,
        let (fold, count) = LaneFold.prefix(of: rest, in: local)
      {
        steps.append(.fold(fold))
        rest = rest.dropFirst(count)
        continue
      }
      rest = rest.dropFirst()
      switch statement {
      case .define: steps.append(.everyone(statement))
      case .scratch(let name, let dtype, let count):
        arrays.append(BlockArray(name: name, dtype: dtype, count: count))
        local.insert(name)
      case .store, .barrier: steps.appendSerial(statement)
      case .conditional(let condition, let then, let otherwise):
        let mark = arrays.count
        let branches = (plan(then, options), plan(otherwise, options))
        if (branches.0 + branches.1).contains(where: { $0.isShared }) {
          steps.append(.conditional(condition, then: branches.0, else: branches.1))
        } else {
          arrays.removeLast(arrays.count - mark)
          steps.appendSerial(statement)
        }
      case .loop(let loop):
        if let step = plan(loop, options) {
          steps.append(step)
        } else {
          steps.appendSerial(statement)
        }
      }
    }
    return steps
  }

  /// How threads share a loop; nil where they do not.
  private mutating func plan(_ loop: Loop, _ options: GridOptions) -> BlockStep? {
    let mark = arrays.count
    guard let nest = LoopNest(loop) else {
      let body = plan(loop.body, options)
      if body.contains(where: { $0.isShared }) { return .loop(loop.withoutBody, body) }
      arrays.removeLast(arrays.count - mark)
      return nil
    }
    let inner = plan(nest.body, options)
    let innerWidth = inner.width
    arrays.removeLast(arrays.count - mark)
    if innerWidth > 1, innerWidth >= min(nest.width, options.blockThreads / 2) {
      return .loop(loop.withoutBody, plan(loop.body, options))
    }
    return .spread(nest)
  }
}

extension LoopNest {
  /// The iterations; `Int.max` where their number depends on symbols.
  var width: Int { count.constant ?? .max }
}

extension Loop {
  fileprivate var withoutBody: Loop { Loop(variable, extent, mark, []) }
}

extension BlockStep {
  /// Whether threads share a part of the step.
  var isShared: Bool {
    switch self {
    case .everyone, .first: false
    case .spread, .fold: true
    case .loop(_, let body): body.contains { $0.isShared }
    case .conditional(_, let then, let otherwise): (then + otherwise).contains { $0.isShared }
    }
  }

  fileprivate var hasLongSequence: Bool {
    switch self {
    case .everyone, .spread, .fold: false
    case .first(let statements):
      statements.contains { statement in
        var isLong = false
        [statement].visit { statement, _ in
          guard case .loop(let loop) = statement else { return }
          isLong = isLong || loop.extent.constantBound.map { $0 > longSequence } ?? true
        }
        return isLong
      }
    case .loop(_, let body): body.contains { $0.hasLongSequence }
    case .conditional(_, let then, let otherwise):
      (then + otherwise).contains { $0.hasLongSequence }
    }
  }
}

/// Iterations that threads had better not wait for.
private let longSequence = 16

extension [BlockStep] {
  fileprivate var width: Int {
    map { step in
      switch step {
      case .everyone, .first: 0
      case .spread(let nest): nest.width
      case .fold(let fold): fold.lanes / 2
      case .loop(_, let body): body.width
      case .conditional(_, let then, let otherwise): (then + otherwise).width
      }
    }.max() ?? 0
  }

  fileprivate mutating func appendSerial(_ statement: Statement) {
    if case .first(let statements)? = last {
      self[count - 1] = .first(statements + [statement])
    } else {
      append(.first([statement]))
    }
  }
}
