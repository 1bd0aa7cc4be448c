import ScalarIR

// Kernels mapped to a grid as loops that a CPU runs: blocks become iterations that threads of the CPU
// share, and the threads of a block are run one after the other, from each barrier to the next.
//
// BEFORE                                AFTER
//     (for b 8 :block 0                     (for b 8 :parallel
//       (scratch s f32 128)                   (scratch s f32 128)
//       (for t 128 :thread 0                  (scratch v.each f32 128)
//         (let v f32 (load x …))              (for t 128
//         (store s t v)                         (let v f32 (load x …))
//         (barrier)                             (store s t v)
//         (let w f32 (load s …))                (store v.each t v))
//         (let z f32 (add v w))               (for t.1 128
//         …))                                   (let v.1 f32 (load v.each t.1))
//                                               (let w f32 (load s …))
//                                               (let z f32 (add v.1 w))
//                                               …))
//
// Loops and branches with barriers in them go outside of the loops over threads, which all come to the
// same barriers; so do definitions on which all threads agree. A scalar that is needed behind a barrier
// is kept in an array with an element a thread, and an array of a thread becomes a part of one of the
// block. A shuffle is a barrier, behind which a thread reads another one's element of such an array.

extension LoopProgram {
  /// The program with grids as loops for a CPU.
  package func splitAtBarriers() -> LoopProgram {
    var program = self
    for number in kernels.indices {
      var splitter = BarrierSplitter(kernels[number], symbols: symbols)
      program.kernels[number].body = splitter.split()
    }
    return program
  }
}

/// Splits one kernel.
private struct BarrierSplitter {
  private let kernel: Kernel
  private var fresh: FreshVariables

  init(_ kernel: Kernel, symbols: [String]) {
    self.kernel = kernel
    fresh = FreshVariables(kernel, symbols: symbols)
  }

  mutating func split() -> [Statement] {
    var body = serial(kernel.body)
    if body.count == 1, case .loop(var loop) = body[0],
      case .loop(let original) = kernel.body[0], case .block = original.mark
    {
      loop.mark = .parallel
      body = [.loop(loop)]
    }
    return body
  }

  /// The statements without marks of a grid.
  private mutating func serial(_ body: [Statement]) -> [Statement] {
    var result: [Statement] = []
    for statement in body {
      switch statement {
      case .loop(var loop):
        if case .thread = loop.mark, loop.body.isCollective, loop.extent.constant != nil {
          var threads = ThreadSplitter(loop, fresh)
          result += threads.split()
          fresh = threads.fresh
          continue
        }
        loop.body = serial(loop.body)
        switch loop.mark {
        case .block, .thread: loop.mark = .serial
        case .serial, .parallel, .vector, .unrolled: break
        }
        result.append(.loop(loop))
      case .conditional(let condition, let then, let otherwise):
        result.append(
          .conditional(condition, then: serial(then), else: serial(otherwise)))
      case .define, .store, .scratch, .barrier: result.append(statement)
      }
    }
    return result
  }
}

/// Splits the loops over the threads of a block that hold barriers.
private struct ThreadSplitter {
  /// The loops over threads, which stand directly in each other.
  private var loops: [Loop] = []
  private var body: [Statement]
  private(set) var fresh: FreshVariables
  private var divergence = Divergence()
  /// Arrays of the block that hold what threads have for themselves.
  private var arrays: [Statement] = []
  /// The types of scalars that differ from thread to thread and are defined beside barriers, and the
  /// arrays that keep those that are needed later.
  private var types: [Variable: DType] = [:]
  private var kept: [Variable: String] = [:]
  /// The elements of each array that every thread has for itself.
  private var ownCounts: [String: Int] = [:]
  private var phaseCount = 0

  init(_ loop: Loop, _ fresh: FreshVariables) {
    self.fresh = fresh
    body = [.loop(loop)]
    while body.count == 1, case .loop(let next) = body[0], case .thread = next.mark {
      loops.append(Loop(next.variable, next.extent, next.mark, []))
      divergence.enter(next)
      body = next.body
    }
  }

  mutating func split() -> [Statement] {
    findDefinitions(body)
    findKept(body)
    let phases = split(body)
    return arrays + phases
  }

  private var threadCount: Int { loops.reduce(1) { $0 * ($1.extent.constant ?? 1) } }

  /// The number of a thread in its block.
  private var number: Index {
    loops.reduce(0) { $0 * $1.extent + .variable($1.variable) }
  }

  /// The number of the thread in a lane of the same warp.
  private func neighbor(_ lane: Index) -> Index {
    let warp = Index.constant(Expression.warpThreads)
    return number.quotient(by: warp) * warp + lane
  }

  // MARK: - What lives across barriers

  /// Notes what is defined beside barriers: scalars and arrays of threads.
  private mutating func findDefinitions(_ body: [Statement]) {
    for statement in body {
      switch statement {
      case .define(let variable, let dtype, let expression):
        if divergence.contains(expression) { types[variable] = dtype }
        divergence.note(statement)
      case .scratch(let name, let dtype, let count):
        divergence.note(statement)
        ownCounts[name] = count
        arrays.append(.scratch(name: name, dtype, count: count * threadCount))
      case .loop(let loop) where loop.body.isCollective:
        divergence.enter(loop)
        findDefinitions(loop.body)
      case .conditional(_, let then, let otherwise) where statement.isCollective:
        findDefinitions(then)
        findDefinitions(otherwise)
      case .loop, .conditional, .store, .barrier: break
      }
    }
  }

  /// Notes which scalars are used in another phase than that which defines them.
  private mutating func findKept(_ body: [Statement]) {
    var phase: Set<Variable> = []
    for statement in body {
      switch statement {
      case .barrier: phase = []
      case .define(let variable, _, .shuffle(let operand, let lane)):
        keep(operand)
        for case .value(let used) in lane.leaves { keep(used) }
        phase = [variable]
      case .loop(let loop) where loop.body.isCollective:
        phase = []
        findKept(loop.body)
      case .conditional(_, let then, let otherwise) where statement.isCollective:
        phase = []
        findKept(then)
        findKept(otherwise)
      case .define, .store, .scratch, .loop, .conditional:
        if isLoadForAll(statement) { phase = [] }
        for variable in statement.usedVariables where !phase.contains(variable) { keep(variable) }
        if case .define(let variable, _, _) = statement { phase.insert(variable) }
      }
    }
  }

  private mutating func keep(_ variable: Variable) {
    guard let dtype = types[variable], kept[variable] == nil else { return }
    let name = fresh.name("\(variable.name).each")
    kept[variable] = name
    arrays.append(.scratch(name: name, dtype, count: threadCount))
  }

  /// Whether all threads read the same element here, once for all of them. What was written before
  /// has to be there then.
  private func isLoadForAll(_ statement: Statement) -> Bool {
    guard case .define(let variable, _, .load) = statement else { return false }
    return types[variable] == nil
  }

  // MARK: - Phases

  private mutating func split(_ body: [Statement]) -> [Statement] {
    var result: [Statement] = []
    var phase: [Statement] = []
    for statement in body {
      switch statement {
      case .barrier: flush(&phase, into: &result)
      case .define(let variable, let dtype, .shuffle(let operand, let lane)):
        flush(&phase, into: &result)
        // What all threads have is the same in each lane.
        let value = kept[operand].map { Expression.load(array: $0, index: neighbor(lane)) }
        phase.append(.define(variable, dtype, value ?? .bitcast(operand)))
      case .scratch: break
      case .define(let variable, _, _) where types[variable] == nil:
        if isLoadForAll(statement) { flush(&phase, into: &result) }
        result.append(statement)
      case .loop(var loop) where loop.body.isCollective:
        flush(&phase, into: &result)
        loop.body = split(loop.body)
        result.append(.loop(loop))
      case .conditional(let condition, let then, let otherwise) where statement.isCollective:
        flush(&phase, into: &result)
        result.append(.conditional(condition, then: split(then), else: split(otherwise)))
      case .define, .store, .loop, .conditional: phase.append(statement)
      }
    }
    flush(&phase, into: &result)
    return result
  }

  /// Ends a phase: a loop over all threads.
  private mutating func flush(_ phase: inout [Statement], into result: inout [Statement]) {
    guard !phase.isEmpty else { return }
    defer { phase = [] }
    var defined: Set<Variable> = []
    var loaded: [Variable] = []
    var statements: [Statement] = []
    for statement in phase {
      for variable in statement.usedVariables.sorted(by: { $0.name < $1.name })
      where !defined.contains(variable) {
        guard let name = kept[variable], let dtype = types[variable] else { continue }
        defined.insert(variable)
        loaded.append(variable)
        statements.append(.define(variable, dtype, .load(array: name, index: number)))
      }
      statements.append(statement)
      guard case .define(let variable, _, _) = statement else { continue }
      defined.insert(variable)
      if let name = kept[variable] {
        statements.append(.store(array: name, index: number, value: variable))
      }
    }
    let count = Index.constant(threadCount)
    statements = statements.mappingAccesses { [number, ownCounts] name, index in
      (name, ownCounts[name] == nil ? index : index * count + number)
    }
    phaseCount += 1
    var renaming: [Variable: Variable] = [:]
    for variable in loaded { renaming[variable] = fresh.variable(variable.name) }
    if phaseCount > 1 {
      for loop in loops { renaming[loop.variable] = fresh.variable(loop.variable.name) }
    }
    statements = statements.renamed(renaming)
    for loop in loops.reversed() {
      statements = [
        .loop(Loop(renaming[loop.variable] ?? loop.variable, loop.extent, .serial, statements))
      ]
    }
    result += statements
  }
}

extension Statement {
  /// The scalars that the statement and the bodies in it use.
  var usedVariables: Set<Variable> {
    var used: Set<Variable> = []
    func note(_ index: Index) {
      for case .value(let variable) in index.leaves { used.insert(variable) }
    }
    func note(_ condition: Condition) {
      for clause in condition.clauses {
        switch clause {
        case .less(let a, let b):
          note(a)
          note(b)
        case .holds(let variable): used.insert(variable)
        }
      }
    }
    [self].visit { statement, _ in
      switch statement {
      case .loop(let loop): note(loop.extent)
      case .define(_, _, let expression):
        used.formUnion(expression.operands)
        switch expression {
        case .load(_, let index, let condition, _):
          note(index)
          note(condition)
        case .index(let index), .shuffle(_, let index): note(index)
        case .constant, .unary, .binary, .compare, .fma, .select, .convert, .bitcast, .rarely: break
        }
      case .store(_, let index, let value):
        note(index)
        used.insert(value)
      case .conditional(let condition, _, _): note(condition)
      case .scratch, .barrier: break
      }
    }
    return used
  }
}
