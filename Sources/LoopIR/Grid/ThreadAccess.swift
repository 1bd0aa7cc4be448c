// Which accesses of a block's threads may meet in one element.
//
// Iterations of nests are dealt out by their numbers, so equal numbers mean the same thread. An access
// has an index `c·number + rest`. Two accesses, made at any two times, are the same thread's wherever
// they touch the same element, if the rests differ by less than c, or if what varies of them is a
// multiple of something that c·number does not reach. And if c is 1 and the rests are multiples of the
// number of threads, the element's index says which thread it is.

/// An access to an array, and which thread makes it.
struct ThreadAccess {
  let array: String
  let isStore: Bool
  let maker: Maker

  enum Maker {
    case everyone
    case first
    /// The thread of that iteration of a nest.
    case iteration(IterationIndex)
    /// Any thread.
    case unknown
  }

  /// Whether the two may meet in an element while different threads make them, one of them writing.
  func conflicts(with other: ThreadAccess) -> Bool {
    guard array == other.array, isStore || other.isStore else { return false }
    switch (maker, other.maker) {
    case (.first, .first): return false
    case (.iteration(let a), .iteration(let b)): return !a.meetsOnlyInOneThread(b)
    case (.everyone, _), (.first, _), (.iteration, _), (.unknown, _): return true
    }
  }
}

/// The index of an access in the iterations of a nest: `coefficient · number + rest`.
struct IterationIndex {
  let coefficient: IndexPolynomial
  let rest: IndexPolynomial
  /// The range of the rest, in terms of what stays the same while the block runs; nil where unknown.
  private let range: IndexRange?
  /// The part of the rest that stays the same, and what divides all of the other part: 0 where there
  /// is none.
  private let fixed: IndexPolynomial
  let modulus: Int
  /// The number of iterations.
  private let count: Int?
  /// Whether the thread is the index modulo the number of threads.
  let isDealtByIndex: Bool

  /// - Parameters:
  ///   - loops: those around the nest in the block, and those in the nest around the access.
  ///   - varying: scalars that do not stay the same while the block runs.
  init?(
    _ index: Index, in nest: LoopNest, threadCount: Int, loops: [Loop] = [],
    varying: Set<Variable> = []
  ) {
    var rest = IndexPolynomial(index)
    var coefficient: IndexPolynomial?
    var stride = IndexPolynomial(1)
    for (loop, bound) in zip(nest.loops, nest.bounds).reversed() {
      guard let (own, others) = rest.split(at: .variable(loop.variable)) else { return nil }
      guard coefficient == nil || own == stride else { return nil }
      if coefficient == nil {
        coefficient = own
        stride = own
      }
      stride = stride * IndexPolynomial(bound)
      rest = others
    }
    guard let coefficient else { return nil }
    let inNest = Set(nest.loops.map(\.variable))
    guard !rest.mentions(inNest), !coefficient.mentions(inNest) else { return nil }
    let moving = varying.union(loops.map(\.variable))
    guard !coefficient.mentions(moving) else { return nil }
    self.coefficient = coefficient
    self.rest = rest
    count = nest.count.constant
    isDealtByIndex =
      coefficient == IndexPolynomial(1) && rest.divisor % threadCount == 0
    range = IndexRange(of: rest, over: loops).flatMap { range in
      range.lowest.mentions(moving) || range.highest.mentions(moving) ? nil : range
    }
    let parts = rest.parted { product, _ in product.contains { $0.mentions(moving) } }
    fixed = parts.others
    modulus = parts.chosen.divisor
  }

  /// Whether the rest is in 0 ..< coefficient.
  var restIsWithinCoefficient: Bool {
    guard let range else { return false }
    return range.lowest.isNonNegative
      && (coefficient - IndexPolynomial(1) - range.highest).isNonNegative
  }

  /// Whether nothing of the rest stays the same.
  var hasNoFixedPart: Bool { fixed == IndexPolynomial(0) }

  /// Whether the two touch the same element only where they are the same thread's.
  func meetsOnlyInOneThread(_ other: IterationIndex) -> Bool {
    (isDealtByIndex && other.isDealtByIndex) || meetsOnlyInOneIteration(other)
  }

  private func meetsOnlyInOneIteration(_ other: IterationIndex) -> Bool {
    guard coefficient == other.coefficient else { return false }
    if let range, let otherRange = other.range,
      (coefficient - IndexPolynomial(1) - range.highest + otherRange.lowest).isNonNegative,
      (coefficient - IndexPolynomial(1) - otherRange.highest + range.lowest).isNonNegative
    {
      return true
    }
    guard fixed == other.fixed, let step = coefficient.constant, step > 0, let count,
      let otherCount = other.count
    else { return false }
    let modulus = greatestCommonDivisor(modulus, other.modulus)
    return modulus == 0 || modulus > step * (max(count, otherCount) - 1)
  }
}

extension IndexPolynomial {
  fileprivate func mentions(_ variables: Set<Variable>) -> Bool {
    atoms.contains { $0.mentions(variables) }
  }
}

extension Index {
  fileprivate func mentions(_ variables: Set<Variable>) -> Bool {
    leaves.contains { leaf in
      switch leaf {
      case .variable(let name), .value(let name): variables.contains(name)
      case .constant, .symbol, .sum, .product, .quotient, .remainder, .minimum, .maximum: false
      }
    }
  }
}
