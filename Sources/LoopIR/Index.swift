import ScalarIR

/// A whole number computed from loop variables and symbolic sizes: an extent, a position in an
/// array, a bound. Index arithmetic is 64-bit and never meets negative divisors.
package indirect enum Index: Hashable, Sendable {
  case constant(Int)
  /// A loop variable.
  case variable(Variable)
  /// A symbolic size, a parameter of the program.
  case symbol(String)
  /// An integer scalar defined by a `let`, read as an index.
  case value(Variable)
  case sum(Index, Index)
  case product(Index, Index)
  /// The quotient and the remainder of flooring division by a positive index.
  case quotient(Index, Index)
  case remainder(Index, Index)
  case minimum(Index, Index)
  case maximum(Index, Index)

  package var constant: Int? {
    if case .constant(let value) = self { return value }
    return nil
  }
}

/// The name of a loop variable or of a scalar defined by a `let`; unique within its kernel.
package struct Variable: Hashable, Sendable {
  package let name: String
  package init(_ name: String) { self.name = name }
}

extension Index: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int) { self = .constant(value) }
}

// Construction folds constants, so that loops of known size read as a person would write them.
extension Index {
  package static func + (a: Index, b: Index) -> Index {
    switch (a.constant, b.constant) {
    case (let x?, let y?): return .constant(x &+ y)
    case (0?, nil): return b
    case (nil, 0?): return a
    case (.some, nil): return .sum(b, a)
    case (nil, let z?):
      if case .sum(let x, .constant(let y)) = a { return x + .constant(y &+ z) }
      return .sum(a, b)
    case (nil, nil): return .sum(a, b)
    }
  }

  package static func * (a: Index, b: Index) -> Index {
    switch (a.constant, b.constant) {
    case (let x?, let y?): return .constant(x &* y)
    case (0?, nil), (nil, 0?): return 0
    case (1?, nil): return b
    case (nil, 1?): return a
    case (.some, nil): return .product(b, a)
    case (nil, let z?):
      if case .product(let x, .constant(let y)) = a { return x * .constant(y &* z) }
      return .product(a, b)
    case (nil, nil): return .product(a, b)
    }
  }

  package static func - (a: Index, b: Index) -> Index {
    if a == b { return 0 }
    return a + b * -1
  }

  /// The quotient of flooring division; `divisor` is positive.
  package func quotient(by divisor: Index) -> Index {
    if divisor == 1 { return self }
    if let x = constant, let y = divisor.constant { return .constant(Dim.floorQuotient(x, y)) }
    return .quotient(self, divisor)
  }

  /// The remainder of flooring division, in 0 ..< divisor; `divisor` is positive.
  package func remainder(by divisor: Index) -> Index {
    if divisor == 1 { return 0 }
    if let x = constant, let y = divisor.constant {
      return .constant(x - Dim.floorQuotient(x, y) * y)
    }
    return .remainder(self, divisor)
  }

  /// The quotient rounded up; `divisor` is positive.
  package func quotientRoundedUp(by divisor: Index) -> Index {
    (self + (divisor - 1)).quotient(by: divisor)
  }

  package static func minimum(of a: Index, _ b: Index) -> Index {
    if let x = a.constant, let y = b.constant { return .constant(min(x, y)) }
    return a == b ? a : .minimum(a, b)
  }

  package static func maximum(of a: Index, _ b: Index) -> Index {
    if let x = a.constant, let y = b.constant { return .constant(max(x, y)) }
    return a == b ? a : .maximum(a, b)
  }

  /// The index that a size is.
  package init(_ dim: Dim) {
    switch dim {
    case .constant(let value): self = .constant(value)
    case .expression(let expression):
      self = expression.terms.reduce(0) { sum, term in
        sum
          + term.factors.reduce(.constant(term.coefficient)) { product, atom in
            switch atom {
            case .symbol(let name): product * .symbol(name)
            case .floorDivision(let a, let divisor):
              product * Index(a).quotient(by: .constant(divisor))
            case .minimum(let a, let b): product * .minimum(of: Index(a), Index(b))
            case .maximum(let a, let b): product * .maximum(of: Index(a), Index(b))
            }
          }
      }
    }
  }
}

extension Index {
  /// The index with leaves replaced where `replacement` gives something for them.
  package func replacingLeaves(_ replacement: (Index) -> Index?) -> Index {
    switch self {
    case .constant: self
    case .variable, .symbol, .value: replacement(self) ?? self
    case .sum(let a, let b):
      a.replacingLeaves(replacement) + b.replacingLeaves(replacement)
    case .product(let a, let b):
      a.replacingLeaves(replacement) * b.replacingLeaves(replacement)
    case .quotient(let a, let b):
      a.replacingLeaves(replacement).quotient(by: b.replacingLeaves(replacement))
    case .remainder(let a, let b):
      a.replacingLeaves(replacement).remainder(by: b.replacingLeaves(replacement))
    case .minimum(let a, let b):
      .minimum(of: a.replacingLeaves(replacement), b.replacingLeaves(replacement))
    case .maximum(let a, let b):
      .maximum(of: a.replacingLeaves(replacement), b.replacingLeaves(replacement))
    }
  }

  /// The index with the loop variable replaced.
  package func substituting(_ variable: Variable, by index: Index) -> Index {
    replacingLeaves { $0 == .variable(variable) ? index : nil }
  }

  /// Whether the leaf occurs in the index.
  package func contains(_ leaf: Index) -> Bool {
    switch self {
    case .constant: false
    case .variable, .symbol, .value: self == leaf
    case .sum(let a, let b), .product(let a, let b), .quotient(let a, let b),
      .remainder(let a, let b), .minimum(let a, let b), .maximum(let a, let b):
      a.contains(leaf) || b.contains(leaf)
    }
  }

  /// How much the index grows when `variable` grows by one, where that is the same everywhere.
  ///
  /// Nil where the index is not affine in the variable.
  package func coefficient(of variable: Variable) -> Index? {
    switch self {
    case .variable(let name): return name == variable ? 1 : 0
    case .constant, .symbol, .value: return 0
    case .sum(let a, let b):
      guard let x = a.coefficient(of: variable), let y = b.coefficient(of: variable) else {
        return nil
      }
      return x + y
    case .product(let a, let b):
      guard let x = a.coefficient(of: variable), let y = b.coefficient(of: variable) else {
        return nil
      }
      if x == 0 { return a * y }
      return y == 0 ? x * b : nil
    case .quotient, .remainder, .minimum, .maximum:
      return contains(.variable(variable)) ? nil : 0
    }
  }
}
