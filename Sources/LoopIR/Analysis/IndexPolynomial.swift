/// An index as a sum of products of atoms with integer coefficients, so that equal sums and products
/// compare equal however they were written.
///
/// Atoms are variables, symbols, values, and the operations that sums and products do not look into:
/// quotients, remainders, minima and maxima.
struct IndexPolynomial: Hashable {
  /// The coefficient, never zero, of each product of atoms; the atoms are sorted by their text.
  private(set) var terms: [[Index]: Int]

  init(_ constant: Int) { terms = constant == 0 ? [:] : [[]: constant] }

  init(_ index: Index) {
    switch index {
    case .constant(let value): self = IndexPolynomial(value)
    case .sum(let a, let b): self = IndexPolynomial(a) + IndexPolynomial(b)
    case .product(let a, let b): self = IndexPolynomial(a) * IndexPolynomial(b)
    case .variable, .symbol, .value, .quotient, .remainder, .minimum, .maximum:
      terms = [[index]: 1]
    }
  }

  /// The value where there are no atoms.
  var constant: Int? {
    if terms.isEmpty { return 0 }
    return terms.count == 1 ? terms[[]] : nil
  }

  /// All atoms.
  var atoms: Set<Index> { Set(terms.keys.joined()) }

  static func + (a: Self, b: Self) -> Self {
    var sum = a
    for (product, coefficient) in b.terms { sum.add(coefficient, product) }
    return sum
  }

  static func - (a: Self, b: Self) -> Self { a + b * IndexPolynomial(-1) }

  static func * (a: Self, b: Self) -> Self {
    var result = IndexPolynomial(0)
    for (x, i) in a.terms {
      for (y, j) in b.terms {
        result.add(i &* j, (x + y).sorted { $0.description < $1.description })
      }
    }
    return result
  }

  private mutating func add(_ coefficient: Int, _ product: [Index]) {
    let sum = (terms[product] ?? 0) &+ coefficient
    terms[product] = sum == 0 ? nil : sum
  }

  /// The polynomial as `coefficient · atom + rest`, neither of which holds the atom as a factor.
  ///
  /// Nil where the atom occurs more than once in a product.
  func split(at atom: Index) -> (coefficient: Self, rest: Self)? {
    var (coefficient, rest) = (IndexPolynomial(0), IndexPolynomial(0))
    for (product, count) in terms {
      guard let position = product.firstIndex(of: atom) else {
        rest.add(count, product)
        continue
      }
      var others = product
      others.remove(at: position)
      guard !others.contains(atom) else { return nil }
      coefficient.add(count, others)
    }
    return (coefficient, rest)
  }

  /// The terms that are chosen by their atoms and coefficients, and the others.
  func parted(
    _ isChosen: (_ atoms: [Index], _ coefficient: Int) -> Bool
  ) -> (chosen: Self, others: Self) {
    var (chosen, others) = (IndexPolynomial(0), IndexPolynomial(0))
    for (product, coefficient) in terms {
      if isChosen(product, coefficient) {
        chosen.add(coefficient, product)
      } else {
        others.add(coefficient, product)
      }
    }
    return (chosen, others)
  }

  /// The greatest number that divides all coefficients; 0 where there are no terms.
  var divisor: Int { terms.values.reduce(0, greatestCommonDivisor) }

  /// The polynomial divided by a number that divides all coefficients, as an index.
  func index(dividedBy divisor: Int) -> Index {
    terms.map { ($0.key.map(\.description).joined(separator: " "), $0) }
      .sorted { $0.0 < $1.0 }
      .reduce(0) { sum, term in
        sum + term.1.key.reduce(Index.constant(term.1.value / divisor)) { $0 * $1 }
      }
  }

  /// Whether the value is known to be 0 or more, given that variables and symbols are.
  var isNonNegative: Bool {
    terms.allSatisfy { product, coefficient in
      coefficient >= 0 && product.allSatisfy(\.isNonNegative)
    }
  }
}

extension Index {
  /// Whether the value is known to be 0 or more, given that variables and symbols are.
  var isNonNegative: Bool {
    switch self {
    case .constant(let value): value >= 0
    case .variable, .symbol: true
    case .value: false
    case .sum(let a, let b), .product(let a, let b), .minimum(let a, let b):
      a.isNonNegative && b.isNonNegative
    case .quotient(let a, _): a.isNonNegative
    case .remainder: true
    case .maximum(let a, let b): a.isNonNegative || b.isNonNegative
    }
  }
}

/// The greatest number that divides both; of 0 and a number, that number.
func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  var (a, b) = (abs(a), abs(b))
  while b != 0 { (a, b) = (b, a % b) }
  return a
}
