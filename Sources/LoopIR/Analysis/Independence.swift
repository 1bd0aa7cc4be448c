// Whether iterations of a loop touch different elements.
//
// An access to an array whose elements the loop writes has an index `c·v + rest` in the loop's
// variable v. While v stands still, `rest` spans some range as the inner loops run. Two accesses a, b
// of different iterations v < w can only meet where rest(a) − rest(b) = c·(w − v) ≥ c; they never do
// if the greatest rest(a) and the least rest(b) are less than c apart. Alternatively the accesses may
// lie in stretches that no iteration of the other reaches.
//
// What is proved holds for all values of the symbols from 0 on.

extension Loop {
  /// Whether no iteration touches an element that another one writes.
  var hasIndependentIterations: Bool {
    let accesses = body.accesses
    let stored = Set(accesses.lazy.filter(\.isStore).map(\.array))
    let definitions = body.definitions
    let span = IndexPolynomial(extent) - IndexPolynomial(1)
    for array in stored {
      var rests: [(access: Access, lowest: IndexPolynomial, highest: IndexPolynomial)] = []
      var common: IndexPolynomial?
      for access in accesses where access.array == array {
        guard
          let (coefficient, rest) = IndexPolynomial(access.index).split(at: .variable(variable)),
          common == nil || common == coefficient,
          let range = IndexRange(of: rest, over: access.loops),
          [coefficient, range.lowest, range.highest].allSatisfy({
            $0.isFixed(in: self, definitions)
          })
        else { return false }
        common = coefficient
        rests.append((access, range.lowest, range.highest))
      }
      guard let common else { continue }
      for a in rests {
        for b in rests where a.access.isStore || b.access.isStore {
          let isClose = (common - IndexPolynomial(1) - a.highest + b.lowest).isNonNegative
          let isBehind = (a.lowest - b.highest - common * span - IndexPolynomial(1)).isNonNegative
          let isAhead = (b.lowest - a.highest - common * span - IndexPolynomial(1)).isNonNegative
          guard isClose || (common.isNonNegative && (isBehind || isAhead)) else { return false }
        }
      }
    }
    return true
  }
}

extension IndexPolynomial {
  /// Whether the value is the same in all iterations of the loop, whose body defines `definitions`.
  fileprivate func isFixed(in loop: Loop, _ definitions: Set<Variable>) -> Bool {
    atoms.allSatisfy { atom in
      atom.leaves.allSatisfy { leaf in
        switch leaf {
        case .variable(let name): name != loop.variable
        case .value(let name): !definitions.contains(name)
        case .constant, .symbol, .sum, .product, .quotient, .remainder, .minimum, .maximum: true
        }
      }
    }
  }
}

/// The least and the greatest value of an index while loops run, in terms of what stays the same.
struct IndexRange {
  var lowest: IndexPolynomial
  var highest: IndexPolynomial

  /// The range over all iterations of `loops`, outermost first; nil where none is found.
  init?(of index: IndexPolynomial, over loops: [Loop]) {
    lowest = index
    highest = index
    for loop in loops.reversed() {
      guard
        let low = IndexRange.eliminating(loop, from: lowest, towardsHighest: false),
        let high = IndexRange.eliminating(loop, from: highest, towardsHighest: true)
      else { return nil }
      lowest = low
      highest = high
    }
  }

  /// The bound with the loop's variable replaced by the value that makes the bound extreme.
  private static func eliminating(
    _ loop: Loop, from bound: IndexPolynomial, towardsHighest: Bool
  ) -> IndexPolynomial? {
    let variable = Index.variable(loop.variable)
    var bound = bound
    for atom in bound.atoms where atom != variable && atom.contains(variable) {
      guard let (coefficient, rest) = bound.split(at: atom), !coefficient.atoms.contains(atom),
        coefficient.isNonNegative || (coefficient * IndexPolynomial(-1)).isNonNegative,
        let range = IndexRange(ofAtom: atom, over: loop)
      else { return nil }
      let takesHighest = coefficient.isNonNegative == towardsHighest
      bound = rest + coefficient * (takesHighest ? range.highest : range.lowest)
    }
    guard let (coefficient, rest) = bound.split(at: variable) else { return nil }
    if coefficient == IndexPolynomial(0) { return rest }
    if coefficient.isNonNegative {
      guard towardsHighest else { return rest }
    } else {
      guard (coefficient * IndexPolynomial(-1)).isNonNegative else { return nil }
      guard !towardsHighest else { return rest }
    }
    return rest + coefficient * (upperBound(of: loop.extent) - IndexPolynomial(1))
  }

  /// A value that an extent does not exceed; of a minimum its simplest operand.
  private static func upperBound(of extent: Index) -> IndexPolynomial {
    guard case .minimum(let a, let b) = extent else { return IndexPolynomial(extent) }
    if a.constant == nil, b.constant != nil || a.leaves.count > b.leaves.count {
      return upperBound(of: b)
    }
    return upperBound(of: a)
  }

  /// The range of a remainder, or of a quotient, minimum or maximum with a constant, over one loop.
  private init?(ofAtom atom: Index, over loop: Loop) {
    switch atom {
    case .remainder(_, let divisor):
      guard !divisor.contains(.variable(loop.variable)) else { return nil }
      lowest = IndexPolynomial(0)
      highest = IndexPolynomial(divisor) - IndexPolynomial(1)
    case .quotient(let a, .constant(let divisor)) where divisor > 0:
      guard let inner = IndexRange(of: IndexPolynomial(a), over: [loop]),
        let low = inner.lowest.constant, let high = inner.highest.constant
      else { return nil }
      lowest = IndexPolynomial(Index.constant(low).quotient(by: .constant(divisor)))
      highest = IndexPolynomial(Index.constant(high).quotient(by: .constant(divisor)))
    case .minimum(let a, let b), .maximum(let a, let b):
      guard let x = IndexRange(of: IndexPolynomial(a), over: [loop])?.constants,
        let y = IndexRange(of: IndexPolynomial(b), over: [loop])?.constants
      else { return nil }
      if case .minimum = atom {
        lowest = IndexPolynomial(min(x.low, y.low))
        highest = IndexPolynomial(min(x.high, y.high))
      } else {
        lowest = IndexPolynomial(max(x.low, y.low))
        highest = IndexPolynomial(max(x.high, y.high))
      }
    case .constant, .variable, .symbol, .value, .sum, .product, .quotient: return nil
    }
  }

  private var constants: (low: Int, high: Int)? {
    guard let low = lowest.constant, let high = highest.constant else { return nil }
    return (low, high)
  }
}
