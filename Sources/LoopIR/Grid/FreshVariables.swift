/// New variables for a kernel: each name is given once, and none that the kernel has.
struct FreshVariables {
  private var taken: Set<String>

  init(_ kernel: Kernel, symbols: [String]) {
    taken = Set(symbols)
    taken.formUnion(kernel.variables.map(\.name))
    taken.formUnion(kernel.parameters.map(\.name))
    kernel.body.visit { statement, _ in
      if case .scratch(let name, _, _) = statement { taken.insert(name) }
    }
  }

  /// A new name: the wanted one where it is free.
  mutating func name(_ wanted: String) -> String {
    var name = wanted
    var number = 0
    while !taken.insert(name).inserted {
      number += 1
      name = "\(wanted).\(number)"
    }
    return name
  }

  mutating func variable(_ wanted: String) -> Variable { Variable(name(wanted)) }
}

extension Kernel {
  /// The kernel, in which no variable is called like a symbolic size.
  package func avoiding(_ symbols: Set<String>) -> Kernel {
    guard !symbols.isEmpty, variables.contains(where: { symbols.contains($0.name) }) else {
      return self
    }
    var fresh = FreshVariables(self, symbols: Array(symbols))
    var kernel = self
    kernel.body = body.renamed(&fresh)
    return kernel
  }
}

extension [Statement] {
  /// A copy in which all that the statements define has new names, so that both may stand in one
  /// kernel.
  func renamed(_ fresh: inout FreshVariables) -> [Statement] {
    var variables: [Variable: Variable] = [:]
    var arrays: [String: String] = [:]
    visit { statement, _ in
      switch statement {
      case .loop(let loop):
        variables[loop.variable] = fresh.variable(loop.variable.name)
      case .define(let variable, _, _): variables[variable] = fresh.variable(variable.name)
      case .scratch(let name, _, _): arrays[name] = fresh.name(name)
      case .store, .conditional, .barrier: break
      }
    }
    return map { $0.renamed(variables, arrays) }
  }

  /// The statements with other variables and arrays.
  func renamed(_ variables: [Variable: Variable], _ arrays: [String: String] = [:]) -> [Statement] {
    map { $0.renamed(variables, arrays) }
  }
}

extension Statement {
  fileprivate func renamed(_ variables: [Variable: Variable], _ arrays: [String: String])
    -> Statement
  {
    func new(_ variable: Variable) -> Variable { variables[variable] ?? variable }
    func new(_ index: Index) -> Index { index.renamed(variables) }
    func new(_ condition: Condition) -> Condition { condition.renamed(variables) }
    switch self {
    case .loop(let loop):
      return .loop(
        Loop(
          new(loop.variable), new(loop.extent), loop.mark, loop.body.renamed(variables, arrays)))
    case .define(let variable, let dtype, let expression):
      return .define(new(variable), dtype, expression.renamed(variables, arrays))
    case .store(let array, let index, let value):
      return .store(array: arrays[array] ?? array, index: new(index), value: new(value))
    case .conditional(let condition, let then, let otherwise):
      return .conditional(
        new(condition), then: then.renamed(variables, arrays),
        else: otherwise.renamed(variables, arrays))
    case .scratch(let name, let dtype, let count):
      return .scratch(name: arrays[name] ?? name, dtype, count: count)
    case .barrier: return self
    }
  }
}

extension Index {
  fileprivate func renamed(_ variables: [Variable: Variable]) -> Index {
    replacingLeaves { leaf in
      switch leaf {
      case .variable(let name): variables[name].map { .variable($0) }
      case .value(let name): variables[name].map { .value($0) }
      case .constant, .symbol, .sum, .product, .quotient, .remainder, .minimum, .maximum: nil
      }
    }
  }
}

extension Condition {
  fileprivate func renamed(_ variables: [Variable: Variable]) -> Condition {
    Condition(
      clauses.map { clause in
        switch clause {
        case .less(let a, let b): .less(a.renamed(variables), b.renamed(variables))
        case .holds(let variable): .holds(variables[variable] ?? variable)
        }
      })
  }
}

extension Expression {
  fileprivate func renamed(
    _ variables: [Variable: Variable], _ arrays: [String: String]
  ) -> Expression {
    func new(_ variable: Variable) -> Variable { variables[variable] ?? variable }
    switch self {
    case .constant: return self
    case .load(let array, let index, let condition, let otherwise):
      return .load(
        array: arrays[array] ?? array, index: index.renamed(variables),
        condition: condition.renamed(variables), otherwise: otherwise)
    case .index(let index): return .index(index.renamed(variables))
    case .shuffle(let a, let lane): return .shuffle(new(a), lane: lane.renamed(variables))
    case .unary(let op, let a): return .unary(op, new(a))
    case .binary(let op, let a, let b): return .binary(op, new(a), new(b))
    case .compare(let op, let a, let b): return .compare(op, new(a), new(b))
    case .fma(let a, let b, let c): return .fma(new(a), new(b), new(c))
    case .select(let p, let a, let b): return .select(new(p), new(a), new(b))
    case .convert(let a): return .convert(new(a))
    case .bitcast(let a): return .bitcast(new(a))
    case .rarely(let path):
      return .rarely(
        RarePath(
          condition: new(path.condition), body: path.body.renamed(variables, arrays),
          slow: new(path.slow), fast: new(path.fast)))
    }
  }
}
