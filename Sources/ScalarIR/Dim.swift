/// A size: a whole number, or an expression of named symbols that a later moment makes one.
///
/// Expressions are kept in a normal form — a sum of products of symbols, floor-divisions, minima and
/// maxima with integer coefficients — so that equal sizes compare equal. Arithmetic on constants
/// saturates at `Dim.limit`, which no real size reaches: a size that large is reported where types
/// are checked, instead of trapping here.
package enum Dim: Hashable, Sendable {
  case constant(Int)
  case expression(DimExpression)

  /// The greatest magnitude that arithmetic on sizes yields.
  package static let limit = 1 << 62

  /// The size named `symbol`.
  package static func symbol(_ symbol: String) -> Dim {
    .expression(DimExpression(atom: .symbol(symbol)))
  }

  /// The value where it is a whole number.
  package var constant: Int? {
    switch self {
    case .constant(let value): value
    case .expression: nil
    }
  }

  package var isSymbolic: Bool { constant == nil }

  /// The most terms that a size, and the number of elements of a tensor, may have.
  package static let termLimit = 1 << 12

  /// How deep floor-divisions, minima and maxima may stand in each other.
  package static let depthLimit = 64

  /// The most symbols that a size may hold, each counted as often as it stands there.
  package static let symbolLimit = 1 << 12

  /// The most factors that a term of a size may have.
  package static let degreeLimit = 256

  /// Whether the size is within these limits, which bound the work of comparing and printing it.
  package var isWithinLimits: Bool {
    guard case .expression(let expression) = self else { return true }
    return expression.terms.count <= Dim.termLimit && expression.depth <= Dim.depthLimit
      && expression.symbolCount <= Dim.symbolLimit
      && expression.terms[0].factors.count <= Dim.degreeLimit
  }

  /// The number of terms; the product of two sizes has at most the product of theirs.
  package var termCount: Int {
    switch self {
    case .constant: 1
    case .expression(let expression): expression.terms.count
    }
  }
}

extension Dim: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int) { self = .constant(value) }
}

/// A sum of terms, each an integer times a product of atoms; never a plain constant.
package struct DimExpression: Hashable, Sendable {
  /// A factor that arithmetic does not look into.
  package indirect enum Atom: Hashable, Sendable {
    case symbol(String)
    case floorDivision(Dim, by: Int)
    case minimum(Dim, Dim)
    case maximum(Dim, Dim)
  }

  /// `coefficient` times the product of `factors`, which are sorted; no factors: a constant.
  package struct Term: Hashable, Sendable {
    package var coefficient: Int
    package let factors: [Atom]
  }

  /// Terms with distinct factors and no zero coefficient, sorted, the constant last.
  package let terms: [Term]
  /// How deep floor-divisions, minima and maxima stand in each other; 0 without any.
  package let depth: Int
  /// The number of symbols, each counted as often as it stands there.
  package let symbolCount: Int

  fileprivate init(terms: [Term]) {
    self.terms = terms
    var (depth, symbolCount) = (0, 0)
    for atom in terms.lazy.flatMap(\.factors) {
      depth = max(depth, atom.depth)
      symbolCount = min(symbolCount + atom.symbolCount, Dim.limit / 2)
    }
    self.depth = depth
    self.symbolCount = symbolCount
  }

  fileprivate init(atom: Atom) { self.init(terms: [Term(coefficient: 1, factors: [atom])]) }
}

extension Dim {
  fileprivate var depth: Int {
    if case .expression(let expression) = self { expression.depth } else { 0 }
  }

  fileprivate var symbolCount: Int {
    if case .expression(let expression) = self { expression.symbolCount } else { 0 }
  }
}

extension DimExpression.Atom {
  fileprivate var depth: Int {
    switch self {
    case .symbol: 0
    case .floorDivision(let a, _): a.depth + 1
    case .minimum(let a, let b), .maximum(let a, let b): max(a.depth, b.depth) + 1
    }
  }

  fileprivate var symbolCount: Int {
    switch self {
    case .symbol: 1
    case .floorDivision(let a, _): a.symbolCount
    case .minimum(let a, let b), .maximum(let a, let b):
      min(a.symbolCount + b.symbolCount, Dim.limit / 2)
    }
  }
}

extension Dim {
  private var terms: [DimExpression.Term] {
    switch self {
    case .constant(0): []
    case .constant(let value): [DimExpression.Term(coefficient: value, factors: [])]
    case .expression(let expression): expression.terms
    }
  }

  /// The normal form of a sum of terms.
  private static func sum(_ terms: [DimExpression.Term]) -> Dim {
    var coefficients: [[DimExpression.Atom]: Int] = [:]
    for term in terms {
      coefficients[term.factors] = saturatingSum(
        coefficients[term.factors] ?? 0, term.coefficient)
    }
    let sorted =
      coefficients
      .filter { $0.value != 0 }
      .map { DimExpression.Term(coefficient: $0.value, factors: $0.key) }
      .sorted { isOrdered($0.factors, before: $1.factors) }
    if sorted.isEmpty { return 0 }
    if sorted.count == 1, sorted[0].factors.isEmpty { return .constant(sorted[0].coefficient) }
    return .expression(DimExpression(terms: sorted))
  }

  /// Higher degree first, then by the text of the factors.
  private static func isOrdered(
    _ a: [DimExpression.Atom], before b: [DimExpression.Atom]
  ) -> Bool {
    if a.count != b.count { return a.count > b.count }
    return a.map(\.text).lexicographicallyPrecedes(b.map(\.text))
  }

  private static func saturate(_ value: Int) -> Int { max(-limit, min(limit, value)) }

  private static func saturatingSum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? (a < 0 ? -limit : limit) : saturate(sum)
  }

  private static func saturatingProduct(_ a: Int, _ b: Int) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? ((a < 0) == (b < 0) ? limit : -limit) : saturate(product)
  }

  package static func + (a: Dim, b: Dim) -> Dim {
    if case .constant(let x) = a, case .constant(let y) = b {
      return .constant(saturatingSum(x, y))
    }
    return sum(a.terms + b.terms)
  }

  /// The sum of any number of sizes, in one go.
  static func sum(of sizes: [Dim]) -> Dim { sum(sizes.flatMap(\.terms)) }

  package static func - (a: Dim, b: Dim) -> Dim { a + b * -1 }

  package static func * (a: Dim, b: Dim) -> Dim {
    if case .constant(let x) = a, case .constant(let y) = b {
      return .constant(saturatingProduct(x, y))
    }
    var products: [DimExpression.Term] = []
    for x in a.terms {
      for y in b.terms {
        let factors = (x.factors + y.factors).sorted { $0.text < $1.text }
        products.append(
          DimExpression.Term(
            coefficient: saturatingProduct(x.coefficient, y.coefficient), factors: factors))
      }
    }
    return sum(products)
  }

  /// The quotient rounded down; `divisor` is positive.
  package func floorDivided(by divisor: Int) -> Dim {
    precondition(divisor > 0, "floor-division by \(divisor)")
    if divisor == 1 { return self }
    switch self {
    case .constant(let value): return .constant(Dim.floorQuotient(value, divisor))
    case .expression(let expression):
      // A constant that is no multiple is divided by itself: the rest is a whole number of divisors.
      if expression.terms.allSatisfy({ $0.factors.isEmpty || $0.coefficient % divisor == 0 }) {
        return Dim.sum(
          expression.terms.map {
            DimExpression.Term(
              coefficient: Dim.floorQuotient($0.coefficient, divisor), factors: $0.factors)
          })
      }
      return .expression(DimExpression(atom: .floorDivision(self, by: divisor)))
    }
  }

  package static func floorQuotient(_ value: Int, _ divisor: Int) -> Int {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }

  package static func minimum(_ a: Dim, _ b: Dim) -> Dim {
    if case .constant(let difference) = a - b { return difference <= 0 ? a : b }
    let (first, second) = a.text < b.text ? (a, b) : (b, a)
    return .expression(DimExpression(atom: .minimum(first, second)))
  }

  package static func maximum(_ a: Dim, _ b: Dim) -> Dim {
    if case .constant(let difference) = a - b { return difference >= 0 ? a : b }
    let (first, second) = a.text < b.text ? (a, b) : (b, a)
    return .expression(DimExpression(atom: .maximum(first, second)))
  }

  /// The symbols in the size.
  package var symbols: Set<String> {
    guard case .expression(let expression) = self else { return [] }
    var found: Set<String> = []
    for atom in expression.terms.flatMap(\.factors) {
      switch atom {
      case .symbol(let name): found.insert(name)
      case .floorDivision(let a, _): found.formUnion(a.symbols)
      case .minimum(let a, let b), .maximum(let a, let b):
        found.formUnion(a.symbols)
        found.formUnion(b.symbols)
      }
    }
    return found
  }

  /// The size with the symbols in `values` replaced; the others stay.
  package func substituting(_ values: [String: Dim]) -> Dim {
    guard case .expression(let expression) = self else { return self }
    var result: Dim = 0
    for term in expression.terms {
      var product: Dim = .constant(term.coefficient)
      for atom in term.factors {
        let factor: Dim =
          switch atom {
          case .symbol(let name): values[name] ?? .symbol(name)
          case .floorDivision(let a, let divisor):
            a.substituting(values).floorDivided(by: divisor)
          case .minimum(let a, let b):
            Dim.minimum(a.substituting(values), b.substituting(values))
          case .maximum(let a, let b):
            Dim.maximum(a.substituting(values), b.substituting(values))
          }
        product = product * factor
      }
      result = result + product
    }
    return result
  }
}
