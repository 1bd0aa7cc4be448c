/// Which scalars, arrays and control flow threads of a block may disagree on, at one place of a kernel.
///
/// What is read at a place that threads agree on is the same for all of them, because an array that
/// they share does not change but at barriers, unless there is a race.
struct Divergence {
  /// Loop variables and scalars on which threads may disagree.
  private var variables: Set<Variable> = []
  /// Arrays of which each thread has its own.
  private var ownArrays: Set<String> = []
  private var isInThread = false

  /// Notes the loop whose body comes next.
  mutating func enter(_ loop: Loop) {
    switch loop.mark {
    case .thread:
      isInThread = true
      variables.insert(loop.variable)
    case .vector: variables.insert(loop.variable)
    case .serial, .parallel, .unrolled, .block:
      if contains(loop.extent) { variables.insert(loop.variable) }
    }
  }

  /// Notes what a statement without a body introduces.
  mutating func note(_ statement: Statement) {
    switch statement {
    case .define(let variable, _, let expression):
      if contains(expression) { variables.insert(variable) }
    case .scratch(let name, _, _): if isInThread { ownArrays.insert(name) }
    case .loop, .store, .conditional, .barrier: break
    }
  }

  /// Whether threads may see different values.
  func contains(_ index: Index) -> Bool {
    index.leaves.contains { leaf in
      switch leaf {
      case .value(let variable), .variable(let variable): variables.contains(variable)
      case .symbol, .constant, .sum, .product, .quotient, .remainder, .minimum, .maximum: false
      }
    }
  }

  func contains(_ condition: Condition) -> Bool {
    condition.clauses.contains { clause in
      switch clause {
      case .less(let a, let b): contains(a) || contains(b)
      case .holds(let variable): variables.contains(variable)
      }
    }
  }

  func contains(_ expression: Expression) -> Bool {
    switch expression {
    case .load(let array, let index, let condition, _):
      ownArrays.contains(array) || contains(index) || contains(condition)
    case .index(let index): contains(index)
    case .shuffle: true
    case .constant, .unary, .binary, .compare, .fma, .select, .convert, .bitcast, .rarely:
      expression.operands.contains { variables.contains($0) }
    }
  }
}

extension [Statement] {
  /// Whether threads meet in these statements or in their bodies: at a barrier or a shuffle.
  var isCollective: Bool { contains(where: \.isCollective) }
}

extension Statement {
  var isCollective: Bool {
    switch self {
    case .barrier, .define(_, _, .shuffle): true
    case .loop(let loop): loop.body.isCollective
    case .conditional(_, let then, let otherwise): then.isCollective || otherwise.isCollective
    case .define, .store, .scratch: false
    }
  }
}
