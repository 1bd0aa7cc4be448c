/// One place of a body that reads or writes an array element.
struct Access {
  let array: String
  let index: Index
  let isStore: Bool
  /// The loops around the access, outermost first, inside the body that was searched.
  let loops: [Loop]
}

extension [Statement] {
  /// The accesses in the order in which an iteration makes them; scratch that is declared in these
  /// statements is left out.
  var accesses: [Access] {
    var accesses: [Access] = []
    var scratch: Set<String> = []
    visit { statement, loops in
      switch statement {
      case .define(_, _, .load(let array, let index, _, _)):
        accesses.append(Access(array: array, index: index, isStore: false, loops: loops))
      case .store(let array, let index, _):
        accesses.append(Access(array: array, index: index, isStore: true, loops: loops))
      case .scratch(let name, _, _): scratch.insert(name)
      case .define, .loop, .conditional, .barrier: break
      }
    }
    return accesses.filter { !scratch.contains($0.array) }
  }

  /// The scalars that these statements define.
  var definitions: Set<Variable> {
    var definitions: Set<Variable> = []
    visit { statement, _ in
      if case .define(let variable, _, _) = statement { definitions.insert(variable) }
    }
    return definitions
  }

  /// Calls `body` for every statement, in order, with the loops around it.
  package func visit(_ loops: [Loop] = [], _ body: (Statement, [Loop]) -> Void) {
    for statement in self {
      body(statement, loops)
      switch statement {
      case .loop(let loop): loop.body.visit(loops + [loop], body)
      case .conditional(_, let then, let otherwise):
        then.visit(loops, body)
        otherwise.visit(loops, body)
      case .define(_, _, .rarely(let path)): path.body.visit(loops, body)
      case .define, .store, .scratch, .barrier: break
      }
    }
  }

  /// The statements with every index in them replaced.
  func mappingIndices(_ transform: (LoopIR.Index) -> LoopIR.Index) -> [Statement] {
    map { $0.mappingIndices(transform) }
  }
}

extension Statement {
  func mappingIndices(_ transform: (Index) -> Index) -> Statement {
    switch self {
    case .loop(var loop):
      loop.extent = transform(loop.extent)
      loop.body = loop.body.mappingIndices(transform)
      return .loop(loop)
    case .define(let variable, let dtype, .load(let array, let index, let condition, let otherwise)):
      return .define(
        variable, dtype,
        .load(
          array: array, index: transform(index), condition: condition.mappingIndices(transform),
          otherwise: otherwise))
    case .define(let variable, let dtype, .index(let index)):
      return .define(variable, dtype, .index(transform(index)))
    case .define(let variable, let dtype, .shuffle(let operand, let lane)):
      return .define(variable, dtype, .shuffle(operand, lane: transform(lane)))
    case .store(let array, let index, let value):
      return .store(array: array, index: transform(index), value: value)
    case .conditional(let condition, let then, let otherwise):
      return .conditional(
        condition.mappingIndices(transform), then: then.mappingIndices(transform),
        else: otherwise.mappingIndices(transform))
    case .define, .scratch, .barrier: return self
    }
  }
}

extension Condition {
  func mappingIndices(_ transform: (Index) -> Index) -> Condition {
    Condition(
      clauses.map { clause in
        switch clause {
        case .less(let a, let b): .less(transform(a), transform(b))
        case .holds: clause
        }
      })
  }
}
