// Whether iterations of a loop touch different elements.
//
// An access to an array whose elements the loop writes has an index `c·v + rest` in the loop's
// variable v. While v stands still, `rest` spans some range as the inner loops run. Two accesses a, b
// of different iterations v < w can only meet where rest(a) − rest(b) = c·(w − v) ≥ c; they never do
// if the greatest rest(a) and the least rest(b) are less than c apart. Alternatively the accesses may
// lie in stretches that no iteration of the other reaches.
//
// Or else the index is a number of several digits: what varies of `rest` is a multiple of a number m
// that is greater than all that `c·v` and the other part of `rest` reach together, so accesses only
// meet where these parts agree:
//
//     (store y (add (add (mul r 1000) (mul v 32)) k) x)      for k < min(32, 1000 − 32v)
//
// What is proved holds for all values of the symbols from 0 on.

extension Loop {
  /// Whether no iteration touches an element that another one writes.
  var hasIndependentIterations: Bool {
    let accesses = body.accesses
    let stored = Set(accesses.lazy.filter(\.isStore).map(\.array))
    let definitions = body.definitions
    for array in stored {
      var accessed: [LoopAccess] = []
      for access in accesses where access.array == array {
        guard let found = LoopAccess(access, in: self, definitions) else { return false }
        accessed.append(found)
      }
      for a in accessed {
        for b in accessed where a.access.isStore || b.access.isStore {
          guard a.staysApart(from: b, in: self) || a.hasOwnDigit(beside: b, in: self, definitions)
          else {
            return false
          }
        }
      }
    }
    return true
  }
}

/// An access in a loop, at `coefficient · variable + rest`.
private struct LoopAccess {
  let access: Access
  let coefficient: IndexPolynomial
  let rest: IndexPolynomial
  /// The rest's range in one iteration; nil where none is found that is the same in all.
  let range: IndexRange?

  init?(_ access: Access, in loop: Loop, _ definitions: Set<Variable>) {
    self.access = access
    guard
      let (coefficient, rest) = IndexPolynomial(access.index).split(at: .variable(loop.variable)),
      coefficient.isFixed(in: loop, definitions)
    else { return nil }
    self.coefficient = coefficient
    self.rest = rest
    range = IndexRange(of: rest, over: access.loops).flatMap { range in
      range.lowest.isFixed(in: loop, definitions) && range.highest.isFixed(in: loop, definitions)
        ? range : nil
    }
  }

  /// Whether the other access, in a later iteration, touches no element of this one.
  func staysApart(from other: LoopAccess, in loop: Loop) -> Bool {
    guard coefficient == other.coefficient, let range, let others = other.range else {
      return false
    }
    if (coefficient - IndexPolynomial(1) - range.highest + others.lowest).isNonNegative {
      return true
    }
    guard coefficient.isNonNegative else { return false }
    let span = IndexRange.upperBound(of: loop.extent) - IndexPolynomial(1)
    let reach = coefficient * span + IndexPolynomial(1)
    return (range.lowest - others.highest - reach).isNonNegative
      || (others.lowest - range.highest - reach).isNonNegative
  }

  /// Whether the accesses only meet in one iteration, because no other part of their indices makes up
  /// for a difference of the loop's variable.
  func hasOwnDigit(
    beside other: LoopAccess, in loop: Loop, _ definitions: Set<Variable>
  ) -> Bool {
    guard coefficient == other.coefficient, let step = coefficient.constant, step > 0 else {
      return false
    }
    func isHigh(_ atoms: [Index], _ factor: Int) -> Bool { !atoms.isEmpty && abs(factor) > step }
    let (own, others) = (rest.parted(isHigh), other.rest.parted(isHigh))
    let modulus = greatestCommonDivisor(own.chosen.divisor, others.chosen.divisor)
    let counter = coefficient * IndexPolynomial(.variable(loop.variable))
    /// Whether the low parts differ by less than `limit`, each over its loops.
    func differ(by limit: Int, _ parts: [(IndexPolynomial, [Loop])], tightly: Bool) -> Bool {
      let ranges = parts.compactMap { IndexRange(of: $0.0, over: $0.1, isTight: tightly) }
      let isFixed = ranges.allSatisfy {
        $0.lowest.isFixed(in: loop, definitions) && $0.highest.isFixed(in: loop, definitions)
      }
      guard ranges.count == parts.count, isFixed else { return false }
      return ranges.allSatisfy { a in
        ranges.allSatisfy { b in
          (a.highest - b.lowest).constant.map { $0 < limit } ?? false
        }
      }
    }
    let low = [(own.others, access.loops), (others.others, other.access.loops)]
    guard differ(by: step, low, tightly: false) else { return false }
    if modulus == 0 { return true }
    let whole = low.map { ($0.0 + counter, [loop] + $0.1) }
    return differ(by: modulus, whole, tightly: false) || differ(by: modulus, whole, tightly: true)
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
  ///
  /// An extent that is a minimum counts as its simplest operand; where the range is to be tight, as
  /// the other one, which may cancel out with something around the loop.
  init?(of index: IndexPolynomial, over loops: [Loop], isTight: Bool = false) {
    lowest = index
    highest = index
    for loop in loops.reversed() {
      guard
        let low = IndexRange.eliminating(
          loop, from: lowest, towardsHighest: false, isTight: isTight),
        let high = IndexRange.eliminating(
          loop, from: highest, towardsHighest: true, isTight: isTight)
      else { return nil }
      lowest = low
      highest = high
    }
  }

  /// The bound with the loop's variable replaced by the value that makes the bound extreme.
  private static func eliminating(
    _ loop: Loop, from bound: IndexPolynomial, towardsHighest: Bool, isTight: Bool
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
    return rest + coefficient * (upperBound(of: loop.extent, isTight: isTight) - IndexPolynomial(1))
  }

  /// A value that an extent does not exceed; of a minimum its simplest operand, or the other one.
  static func upperBound(of extent: Index, isTight: Bool = false) -> IndexPolynomial {
    guard case .minimum(let a, let b) = extent else { return IndexPolynomial(extent) }
    let isFirstSimple = a.constant != nil || (b.constant == nil && a.leaves.count <= b.leaves.count)
    return upperBound(of: isFirstSimple == isTight ? b : a, isTight: isTight)
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
