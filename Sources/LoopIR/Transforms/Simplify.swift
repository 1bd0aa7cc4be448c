import ScalarIR

// Loops that never run go, loops that run once are written out, minima and remainders that the
// extents of loops decide are decided, and what nothing uses is dropped.
//
// BEFORE
//     (for i 1
//       (for j 0 …)
//       (let v0 f32 (load x (min (add (mul i 8) 3) 7) :if (less i 1) :else 0))
//       (let v1 f32 (exp v0))
//       (store y i v0))
// AFTER
//     (let v0 f32 (load x 3))
//     (store y 0 v0)
//
// Loops over a grid's blocks and threads stay, because they say how a kernel is launched.

extension LoopProgram {
  /// The program with simpler kernels that compute the same.
  package func simplified() -> LoopProgram {
    var program = self
    for index in kernels.indices {
      var uses = Uses()
      program.kernels[index].body = kernels[index].body.boundingIndices().writtenOut
        .boundingIndices().droppingUnused(&uses)
    }
    return program
  }
}

/// The names that statements use.
private struct Uses {
  var variables: Set<Variable> = []
  var arrays: Set<String> = []

  mutating func note(_ index: Index) {
    for case .value(let variable) in index.leaves { variables.insert(variable) }
  }

  mutating func note(_ condition: Condition) {
    for clause in condition.clauses {
      switch clause {
      case .less(let a, let b):
        note(a)
        note(b)
      case .holds(let variable): variables.insert(variable)
      }
    }
  }

  mutating func note(_ expression: Expression) {
    variables.formUnion(expression.operands)
    switch expression {
    case .load(let array, let index, let condition, _):
      arrays.insert(array)
      note(index)
      note(condition)
    case .index(let index), .shuffle(_, let index): note(index)
    case .constant, .unary, .binary, .compare, .fma, .select, .convert, .bitcast, .rarely: break
    }
  }
}

extension Expression {
  /// The scalars that the expression computes with, those in indices and conditions left out.
  package var operands: [Variable] {
    switch self {
    case .constant, .load, .index: []
    case .unary(_, let a), .convert(let a), .bitcast(let a), .shuffle(let a, _): [a]
    case .rarely(let path): path.operands
    case .binary(_, let a, let b), .compare(_, let a, let b): [a, b]
    case .fma(let a, let b, let c), .select(let a, let b, let c): [a, b, c]
    }
  }
}

extension [Statement] {
  /// The statements without loops of extent 0 or 1 and without decided conditions.
  fileprivate var writtenOut: [Statement] { flatMap(\.writtenOut) }

  /// The statements without those whose effect nothing sees; `uses` gains what the rest uses.
  fileprivate func droppingUnused(_ uses: inout Uses) -> [Statement] {
    var kept: [Statement] = []
    for statement in reversed() {
      switch statement {
      case .loop(var loop):
        loop.body = loop.body.droppingUnused(&uses)
        guard !loop.body.isEmpty else { continue }
        uses.note(loop.extent)
        kept.append(.loop(loop))
      case .define(let variable, _, let expression):
        guard uses.variables.contains(variable) else { continue }
        uses.note(expression)
        kept.append(statement)
      case .store(let array, let index, let value):
        uses.arrays.insert(array)
        uses.note(index)
        uses.variables.insert(value)
        kept.append(statement)
      case .conditional(let condition, let then, let otherwise):
        let branches = (then.droppingUnused(&uses), otherwise.droppingUnused(&uses))
        guard !branches.0.isEmpty || !branches.1.isEmpty else { continue }
        uses.note(condition)
        kept.append(.conditional(condition, then: branches.0, else: branches.1))
      case .scratch(let name, _, _):
        if uses.arrays.contains(name) { kept.append(statement) }
      case .barrier: kept.append(statement)
      }
    }
    return kept.reversed()
  }
}

extension Statement {
  fileprivate var writtenOut: [Statement] {
    switch self {
    case .loop(var loop):
      switch (loop.mark, loop.extent.constant) {
      case (.block, _), (.thread, _): break
      case (.serial, let extent?), (.parallel, let extent?), (.vector, let extent?),
        (.unrolled, let extent?):
        if extent <= 0 { return [] }
        if extent == 1 {
          return loop.body
            .mappingIndices { $0.substituting(loop.variable, by: 0) }
            .writtenOut
        }
      case (.serial, nil), (.parallel, nil), (.vector, nil), (.unrolled, nil): break
      }
      loop.body = loop.body.writtenOut
      return [.loop(loop)]
    case .conditional(let condition, let then, let otherwise):
      guard let condition = condition.undecided else { return otherwise.writtenOut }
      if condition.isAlways { return then.writtenOut }
      return [.conditional(condition, then: then.writtenOut, else: otherwise.writtenOut)]
    case .define(
      let variable, let dtype, .load(let array, let index, let condition, let otherwise?)):
      guard let condition = condition.undecided else {
        return [.define(variable, dtype, .constant(otherwise))]
      }
      return [
        .define(
          variable, dtype,
          .load(
            array: array, index: index, condition: condition,
            otherwise: condition.isAlways ? nil : otherwise))
      ]
    case .define, .store, .scratch, .barrier: return [self]
    }
  }
}

extension Condition {
  /// The condition without clauses that always hold; nil where one never does.
  fileprivate var undecided: Condition? {
    var undecided: [Clause] = []
    for clause in clauses {
      if case .less(let a, let b) = clause,
        let difference = (IndexPolynomial(b) - IndexPolynomial(a)).constant
      {
        if difference <= 0 { return nil }
      } else {
        undecided.append(clause)
      }
    }
    return Condition(undecided)
  }
}
