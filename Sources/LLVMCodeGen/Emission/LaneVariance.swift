import LoopIR

/// Which definitions of a vector loop's body are the same in every iteration.
///
/// They are computed once, before the loop. That holds for reads of arrays too, even of one that a
/// launch binds to a buffer that the loop writes: iterations are independent of each other, so none
/// writes an element that another reads.
struct LaneVariance {
  /// The positions in the body, in order of computation when sorted.
  private(set) var uniformDefinitions: Set<Int> = []
  private var varying: Set<Variable> = []
  private let variable: Variable

  init(of loop: Loop) {
    variable = loop.variable
    var stored: Set<String> = []
    loop.body.collectStoredArrays(into: &stored)
    for (position, statement) in loop.body.enumerated() {
      guard case .define(let name, _, let expression) = statement else { continue }
      if isUniform(expression, stored: stored) {
        uniformDefinitions.insert(position)
      } else {
        varying.insert(name)
      }
    }
  }

  private func isUniform(_ expression: Expression, stored: Set<String>) -> Bool {
    switch expression {
    case .constant: true
    case .load(let array, let index, let condition, _):
      !stored.contains(array) && isUniform(index) && isUniform(condition)
    case .index(let index): isUniform(index)
    case .shuffle: false
    case .unary(_, let a), .convert(let a), .bitcast(let a): !varying.contains(a)
    case .binary(_, let a, let b), .compare(_, let a, let b):
      !varying.contains(a) && !varying.contains(b)
    case .fma(let a, let b, let c), .select(let a, let b, let c):
      !varying.contains(a) && !varying.contains(b) && !varying.contains(c)
    case .rarely(let path): path.operands.allSatisfy { !varying.contains($0) }
    }
  }

  private func isUniform(_ condition: Condition) -> Bool {
    condition.clauses.allSatisfy { clause in
      switch clause {
      case .less(let a, let b): isUniform(a) && isUniform(b)
      case .holds(let name): !varying.contains(name)
      }
    }
  }

  private func isUniform(_ index: Index) -> Bool {
    switch index {
    case .constant, .symbol: true
    case .variable(let name): name != variable
    case .value(let name): !varying.contains(name)
    case .sum(let a, let b), .product(let a, let b), .quotient(let a, let b),
      .remainder(let a, let b), .minimum(let a, let b), .maximum(let a, let b):
      isUniform(a) && isUniform(b)
    }
  }
}

extension [Statement] {
  fileprivate func collectStoredArrays(into arrays: inout Set<String>) {
    for statement in self {
      switch statement {
      case .store(let array, _, _): arrays.insert(array)
      case .loop(let loop): loop.body.collectStoredArrays(into: &arrays)
      case .conditional(_, let then, let otherwise):
        then.collectStoredArrays(into: &arrays)
        otherwise.collectStoredArrays(into: &arrays)
      case .define, .scratch, .barrier: break
      }
    }
  }
}
