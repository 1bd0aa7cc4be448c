/// Loops that stand directly in each other and whose iterations are all independent of each other.
///
///     (for i 512 (for j (min 32 (add n (mul i -32))) BODY))
///
/// The iterations of all of them together are numbered through, row-major, as if each inner loop ran
/// up to its bound, which is the same in all iterations.
///
/// A few definitions may stand before an inner loop: what they define is defined anew in each iteration.
struct LoopNest {
  /// Outermost first, without their bodies.
  private(set) var loops: [Loop]
  /// For each loop what its extent does not exceed; depends on no loop of the nest.
  private(set) var bounds: [Index]
  /// What stands before the innermost loop, and its body.
  let prefix: [Statement]
  let innermostBody: [Statement]

  /// What one iteration of all loops does.
  var body: [Statement] { prefix + innermostBody }

  /// The deepest nest that begins with a loop; nil where its iterations are not independent.
  init?(_ loop: Loop) { self.init([.loop(loop)]) }

  /// The deepest nest that the statements are, a few definitions before it included; nil where they are
  /// something else.
  init?(_ statements: [Statement]) {
    var loops: [Loop] = []
    var bounds: [Index] = []
    var prefix: [Statement] = []
    var body: [Statement] = []
    var next = statements.definitionsAndLoop
    while let (definitions, inner) = next, inner.isSpreadable,
      !(prefix + definitions).definitions.contains(where: { inner.extent.contains(.value($0)) }),
      let bound = inner.extent.bound(outside: loops.map(\.variable))
    {
      loops.append(Loop(inner.variable, inner.extent, inner.mark, []))
      bounds.append(bound)
      prefix += definitions
      body = inner.body
      next = body.definitionsAndLoop
    }
    guard !loops.isEmpty else { return nil }
    self.prefix = prefix
    innermostBody = body
    self.loops = loops
    self.bounds = bounds
  }

  /// The number of iterations where every loop ran up to its bound.
  var count: Index { bounds.reduce(1) { $0 * $1 } }

  /// The nest of the loops but the last.
  var outer: LoopNest {
    var nest = self
    nest.loops.removeLast()
    nest.bounds.removeLast()
    return nest
  }

  /// The loops' variables as functions of the iteration's number.
  func coordinates(of number: Index) -> [Index] {
    LoopNest.coordinates(of: number, bounds)
  }

  /// The digits of a number for which each digit but the first is below its bound.
  static func coordinates(of number: Index, _ bounds: [Index]) -> [Index] {
    var coordinates: [Index] = []
    var rest = number
    for (position, bound) in bounds.enumerated().reversed() {
      let (quotient, remainder) = rest.divided(by: bound)
      coordinates.append(position == 0 ? rest : remainder)
      rest = quotient
    }
    return coordinates.reversed()
  }

  /// The iteration's number as a function of the loops' variables.
  var number: Index {
    zip(loops, bounds).reduce(0) { $0 * $1.1 + .variable($1.0.variable) }
  }

  /// What holds of an iteration that is there, beyond that its number is less than `count`.
  var clauses: [Condition.Clause] {
    zip(loops, bounds).compactMap { loop, bound in
      loop.extent == bound ? nil : .less(.variable(loop.variable), loop.extent)
    }
  }

  /// Puts coordinates in place of the loops' variables.
  func substitution(_ coordinates: [Index]) -> (Index) -> Index {
    let values = Dictionary(
      uniqueKeysWithValues: zip(loops.map { Index.variable($0.variable) }, coordinates))
    return { $0.replacingLeaves { values[$0] } }
  }
}

extension [Statement] {
  /// The statements as a few definitions and a loop after them, if they are that; definitions read
  /// nothing that the loop writes.
  fileprivate var definitionsAndLoop: (definitions: [Statement], loop: Loop)? {
    guard case .loop(let loop)? = last else { return nil }
    let stored = Set(accesses.lazy.filter(\.isStore).map(\.array))
    var cost = 0
    for statement in dropLast() {
      guard case .define(_, _, let expression) = statement else { return nil }
      switch expression {
      case .constant: continue
      case .load(let array, _, _, _): if stored.contains(array) { return nil }
      case .shuffle: return nil
      case .index, .unary, .binary, .compare, .fma, .select, .convert, .bitcast, .rarely: break
      }
      cost += 1
    }
    return cost <= greatestPrefix ? (Array(dropLast()), loop) : nil
  }
}

/// The most definitions, beside constants, that are made again in each iteration of an inner loop.
private let greatestPrefix = 6

extension Loop {
  /// Whether the iterations may be spread over threads.
  fileprivate var isSpreadable: Bool {
    switch mark {
    case .parallel, .vector: true
    case .serial: hasIndependentIterations
    case .unrolled, .block, .thread: false
    }
  }
}

extension Index {
  /// What the index does not exceed, in terms of what stays the same while the variables vary; a
  /// constant, if there is one.
  fileprivate func bound(outside variables: [Variable]) -> Index? {
    if let bound = constantBound { return .constant(max(0, bound)) }
    if variables.contains(where: { contains(.variable($0)) }) { return nil }
    return IndexPolynomial(self).isNonNegative ? self : .maximum(of: self, 0)
  }

  /// A constant that the index does not exceed.
  var constantBound: Int? {
    switch self {
    case .constant(let value): return value
    case .minimum(let a, let b):
      guard let x = a.constantBound else { return b.constantBound }
      return b.constantBound.map { Swift.min(x, $0) } ?? x
    case .maximum(let a, let b):
      guard let x = a.constantBound, let y = b.constantBound else { return nil }
      return Swift.max(x, y)
    case .variable, .symbol, .value, .sum, .product, .quotient, .remainder: return nil
    }
  }

  /// The quotient and the remainder by a divisor that may be 0 only where nothing is divided.
  fileprivate func divided(by divisor: Index) -> (quotient: Index, remainder: Index) {
    guard let step = divisor.constant, step > 0 else {
      return (quotient(by: divisor.atLeastOne), remainder(by: divisor.atLeastOne))
    }
    // Multiples of the divisor go to the quotient.
    let parts = IndexPolynomial(self).parted { _, coefficient in coefficient % step == 0 }
    let rest = parts.others.index(dividedBy: 1)
    return (
      parts.chosen.index(dividedBy: step) + rest.quotient(by: divisor),
      rest.remainder(by: divisor)
    )
  }

  /// A divisor that is 0 where nothing is divided, as one that never is.
  var atLeastOne: Index { .maximum(of: self, 1) }
}
