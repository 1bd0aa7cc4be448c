import ScalarIR

// The body of a block, spread over its threads.
//
// BEFORE                                     AFTER, for 128 threads
//     (for i 512                                 (for i 512 :block 0
//       (scratch s f32 128)                        (scratch s f32 128)
//       (for l 128                                 (for t 128 :thread 0
//         (let v f32 (load x …))                     (let v f32 (load x …))
//         (store s l v))                             (store s t v)
//       (for l2 64                                   (barrier)
//         (let a f32 (load s l2))                    (if (less t 64) (then
//         (let b f32 (load s (add l2 64)))             (let a f32 (load s t))
//         (let c f32 (add a b))                        (let b f32 (load s (add t 64)))
//         (store s l2 c))                              (let c f32 (add a b))
//       …                                              (store s t c)))
//                                                    …
//
// (Where halving goes on down to one lane, it is a `LaneFold`.)
//
// Iteration n of a nest belongs to thread n mod T. An array of the block that no two threads share is
// an array of each thread. Barriers stand only where an access may meet one of another thread.

struct BlockMapping {
  let plan: BlockPlan
  let threadCount: Int
  private let options: GridOptions
  private var fresh: FreshVariables
  private let thread: Variable
  /// The arrays that threads have for themselves.
  private var ownArrays: [String: OwnArray] = [:]
  /// Scalars that change while the block runs.
  private let varying: Set<Variable>
  /// The arrays that the block writes; accesses to others never conflict.
  private let stored: Set<String>

  init(_ body: [Statement], _ plan: BlockPlan, _ options: GridOptions, _ fresh: FreshVariables) {
    self.plan = plan
    self.options = options
    self.fresh = fresh
    threadCount = plan.threadCount(options)
    thread = self.fresh.variable("t")
    var varying: Set<Variable> = []
    var stored: Set<String> = []
    body.visit { statement, loops in
      switch statement {
      case .loop(let loop): varying.insert(loop.variable)
      case .define(let variable, _, _): if !loops.isEmpty { varying.insert(variable) }
      case .store(let array, _, _): stored.insert(array)
      case .conditional, .scratch, .barrier: break
      }
    }
    self.varying = varying
    self.stored = stored
    ownArrays = findOwnArrays()
  }

  /// The arrays of the block.
  var sharedArrays: [BlockArray] { plan.arrays.filter { ownArrays[$0.name] == nil } }

  /// The loop over the threads; `clauses` must hold for the block to do anything.
  mutating func threadLoop(where clauses: [Condition.Clause]) -> Statement {
    var flow = Flow()
    let declarations = plan.arrays.compactMap { array in
      ownArrays[array.name].map {
        Statement.scratch(name: array.name, array.dtype, count: $0.count)
      }
    }
    let steps = emit(plan.steps, [], &flow)
    let body =
      clauses.isEmpty ? steps : [.conditional(Condition(clauses), then: steps, else: [])]
    return .loop(
      Loop(thread, .constant(threadCount), .thread(axis: 0), declarations + body))
  }
}

// MARK: - Arrays of threads

extension BlockMapping {
  /// How an array of the block becomes one of each thread.
  private struct OwnArray {
    /// The elements of a thread.
    let count: Int
    let layout: Layout

    /// Where an element lies whose index is `coefficient · number + rest`.
    enum Layout {
      /// The thread has every element whose index, modulo the number of threads, is its own.
      case dealt
      /// The thread has the elements of its iterations, `coefficient` of each.
      case iterations
      /// Of each `modulus` elements the thread has those of its iterations, one in each round.
      case rows(modulus: Int, rounds: Int)
    }
  }

  private func rounds(_ nest: LoopNest) -> Int? {
    nest.count.constant.map { ($0 + threadCount - 1) / threadCount }
  }

  private func findOwnArrays() -> [String: OwnArray] {
    var accesses: [String: [(nest: LoopNest?, access: ThreadAccess)]] = [:]
    gather(plan.steps, [], into: &accesses)
    var own: [String: OwnArray] = [:]
    var bytes = 0
    for array in plan.arrays {
      guard let uses = accesses[array.name], let found = ownArray(array, uses) else { continue }
      bytes += found.count * array.dtype.byteWidth
      guard bytes <= options.threadBytes else { break }
      own[array.name] = found
    }
    return own
  }

  private func ownArray(
    _ array: BlockArray, _ uses: [(nest: LoopNest?, access: ThreadAccess)]
  ) -> OwnArray? {
    var indices: [IterationIndex] = []
    var (rounds, iterations) = (1, 0)
    for use in uses {
      guard case .iteration(let index) = use.access.maker, let nest = use.nest,
        let count = self.rounds(nest), indices.allSatisfy({ $0.meetsOnlyInOneThread(index) }),
        index.meetsOnlyInOneThread(index)
      else { return nil }
      indices.append(index)
      rounds = max(rounds, count)
      iterations = max(iterations, nest.width)
    }
    guard let step = indices.first?.coefficient.constant, step > 0 else { return nil }
    if indices.allSatisfy(\.isDealtByIndex) {
      return OwnArray(count: (array.count + threadCount - 1) / threadCount, layout: .dealt)
    }
    if indices.allSatisfy(\.restIsWithinCoefficient) {
      return OwnArray(count: rounds * step, layout: .iterations)
    }
    let modulus = indices.reduce(0) { greatestCommonDivisor($0, $1.modulus) }
    guard step == 1, modulus >= max(1, iterations), indices.allSatisfy(\.hasNoFixedPart) else {
      return nil
    }
    return OwnArray(
      count: (array.count + modulus - 1) / modulus * rounds,
      layout: .rows(modulus: modulus, rounds: rounds))
  }

  private func gather(
    _ steps: [BlockStep], _ loops: [Loop],
    into accesses: inout [String: [(nest: LoopNest?, access: ThreadAccess)]]
  ) {
    for step in steps {
      switch step {
      case .everyone, .first, .fold:
        for access in self.accesses(of: step, loops) {
          accesses[access.array, default: []].append((nil, access))
        }
      case .spread(let nest):
        for access in self.accesses(of: step, loops) {
          accesses[access.array, default: []].append((nest, access))
        }
      case .loop(let loop, let body): gather(body, loops + [loop], into: &accesses)
      case .conditional(_, let then, let otherwise):
        gather(then, loops, into: &accesses)
        gather(otherwise, loops, into: &accesses)
      }
    }
  }

  /// The statements of a nest with the accesses to arrays of threads put right.
  private func localized(_ nest: LoopNest, round: Index) -> [Statement] {
    if ownArrays.isEmpty { return nest.body }
    return nest.body.mappingAccesses { name, index in
      guard let array = ownArrays[name],
        let place = IterationIndex(index, in: nest, threadCount: threadCount)
      else { return (name, index) }
      switch array.layout {
      case .dealt: return (name, round + place.rest.index(dividedBy: threadCount))
      case .iterations:
        let step = place.coefficient.constant ?? 1
        return (name, round * .constant(step) + place.rest.index(dividedBy: 1))
      case .rows(let modulus, let rounds):
        return (name, place.rest.index(dividedBy: modulus) * .constant(rounds) + round)
      }
    }
  }
}

// MARK: - Accesses

extension BlockMapping {
  /// The accesses of a step, in these loops, to arrays that the block writes.
  private func accesses(of step: BlockStep, _ loops: [Loop]) -> [ThreadAccess] {
    func made(_ accesses: [Access], _ maker: (Access) -> ThreadAccess.Maker) -> [ThreadAccess] {
      accesses.filter { stored.contains($0.array) }.map {
        ThreadAccess(array: $0.array, isStore: $0.isStore, maker: maker($0))
      }
    }
    switch step {
    case .everyone(let statement): return made([statement].accesses) { _ in .everyone }
    case .first(let statements): return made(statements.accesses) { _ in .first }
    case .spread(let nest):
      return made(nest.body.accesses) { access in
        let index = IterationIndex(
          access.index, in: nest, threadCount: threadCount, loops: loops + access.loops,
          varying: varying)
        return index.map { .iteration($0) } ?? .unknown
      }
    case .fold(let fold):
      return fold.arrays.flatMap { array in
        [(false, ThreadAccess.Maker.unknown), (true, .first)].map {
          ThreadAccess(array: array.name, isStore: $0.0, maker: $0.1)
        }
      }
    case .loop, .conditional: preconditionFailure("only single steps have accesses of their own")
    }
  }

  /// The accesses of steps and of those in them.
  private func allAccesses(of steps: [BlockStep], _ loops: [Loop]) -> [ThreadAccess] {
    steps.flatMap { step in
      switch step {
      case .everyone, .first, .spread, .fold: accesses(of: step, loops)
      case .loop(let loop, let body): allAccesses(of: body, loops + [loop])
      case .conditional(_, let then, let otherwise): allAccesses(of: then + otherwise, loops)
      }
    }
  }
}

// MARK: - Statements

extension BlockMapping {
  /// What threads have accessed since they last waited for each other.
  private struct Flow {
    var pending: [ThreadAccess] = []
    /// The accesses before the first barrier of the body that is being emitted.
    var head: [ThreadAccess] = []
    var hasBarrier = false

    mutating func wait() {
      pending = []
      hasBarrier = true
    }

    mutating func add(_ accesses: [ThreadAccess]) {
      pending += accesses
      if !hasBarrier { head += accesses }
    }

    func conflicts(with accesses: [ThreadAccess]) -> Bool {
      accesses.contains { access in pending.contains { $0.conflicts(with: access) } }
    }
  }

  private mutating func emit(
    _ steps: [BlockStep], _ loops: [Loop], _ flow: inout Flow
  ) -> [Statement] {
    var statements: [Statement] = []
    for step in steps {
      switch step {
      case .everyone, .first, .spread, .fold:
        let accesses = accesses(of: step, loops)
        if threadCount > 1, flow.conflicts(with: accesses) {
          statements.append(.barrier)
          flow.wait()
        }
        flow.add(accesses)
        statements += emit(step)
      case .loop(let loop, let body):
        // Waiting once before the loop is better than in each iteration.
        if threadCount > 1, flow.conflicts(with: allAccesses(of: body, loops + [loop])) {
          statements.append(.barrier)
          flow.wait()
        }
        var inner = Flow(pending: flow.pending)
        var emitted = emit(body, loops + [loop], &inner)
        if threadCount > 1, inner.conflicts(with: inner.head) {
          emitted.append(.barrier)
          inner.wait()
        }
        statements.append(.loop(Loop(loop.variable, loop.extent, mark(of: loop, emitted), emitted)))
        if !flow.hasBarrier { flow.head += inner.head }
        if (loop.extent.constant ?? 0) > 0 {
          flow.pending = inner.pending
          flow.hasBarrier = flow.hasBarrier || inner.hasBarrier
        } else {
          flow.pending += inner.pending
        }
      case .conditional(let condition, let then, let otherwise):
        var branches = (Flow(pending: flow.pending), Flow(pending: flow.pending))
        let bodies = (emit(then, loops, &branches.0), emit(otherwise, loops, &branches.1))
        statements.append(.conditional(condition, then: bodies.0, else: bodies.1))
        if !flow.hasBarrier { flow.head += branches.0.head + branches.1.head }
        flow.pending = branches.0.pending + branches.1.pending
        flow.hasBarrier = flow.hasBarrier || (branches.0.hasBarrier && branches.1.hasBarrier)
      }
    }
    return statements
  }

  /// The mark of a loop that all threads run in step: written out where that is little, so that
  /// arrays of threads become registers.
  private func mark(of loop: Loop, _ body: [Statement]) -> Loop.Mark {
    if loop.mark == .unrolled { return .unrolled }
    guard let extent = loop.extent.constant, extent <= greatestWrittenOut,
      extent * body.statementCount <= greatestWrittenOutStatements,
      body.accesses.contains(where: { ownArrays[$0.array] != nil })
    else { return .serial }
    return .unrolled
  }

  private mutating func emit(_ step: BlockStep) -> [Statement] {
    switch step {
    case .everyone(let statement): return [statement]
    case .first(let statements):
      if threadCount == 1 { return statements }
      return [
        .conditional(Condition([.less(.variable(thread), 1)]), then: statements, else: [])
      ]
    case .spread(let nest): return emit(nest)
    case .fold(let fold): return fold.statements(thread: thread, &fresh)
    case .loop, .conditional: preconditionFailure("steps with steps in them are emitted above")
    }
  }

  private mutating func emit(_ nest: LoopNest) -> [Statement] {
    let threads: Index = .constant(threadCount)
    guard let count = nest.count.constant else {
      let round = fresh.variable("\(nest.loops[0].variable.name).round")
      let body = iteration(of: nest, round: .variable(round), isWhole: false)
      return [
        .loop(Loop(round, nest.count.quotientRoundedUp(by: threads), .serial, body))
      ]
    }
    let isWhole = count % threadCount == 0
    let rounds = (count + threadCount - 1) / threadCount
    if rounds == 1 { return iteration(of: nest, round: 0, isWhole: isWhole) }
    let round = fresh.variable("\(nest.loops[0].variable.name).round")
    let usesOwn = nest.body.accesses.contains { ownArrays[$0.array] != nil }
    return [
      .loop(
        Loop(
          round, .constant(rounds), usesOwn && rounds <= greatestWrittenOut ? .unrolled : .serial,
          iteration(of: nest, round: .variable(round), isWhole: isWhole)))
    ]
  }

  /// The iteration of a nest that falls to the thread in a round, if it is there.
  private func iteration(of nest: LoopNest, round: Index, isWhole: Bool) -> [Statement] {
    let number = round * .constant(threadCount) + .variable(thread)
    let substitution = nest.substitution(nest.coordinates(of: number))
    let clauses =
      (isWhole ? [] : [.less(number, nest.count)])
      + Condition(nest.clauses).mappingIndices(substitution).clauses
    let body = localized(nest, round: round).mappingIndices(substitution)
    return clauses.isEmpty ? body : [.conditional(Condition(clauses), then: body, else: [])]
  }
}

/// Iterations, and statements in all of them, that are written out.
private let greatestWrittenOut = 8
private let greatestWrittenOutStatements = 256

extension [Statement] {
  /// The number of statements, those in bodies too.
  fileprivate var statementCount: Int {
    var count = 0
    visit { _, _ in count += 1 }
    return count
  }
}
