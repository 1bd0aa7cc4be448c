/// Loops that stand directly in each other and whose iterations are all independent of each other.
///
///     (for i 512 (for j (min 32 (add n (mul i -32))) BODY))
///
/// The iterations of all of them together are numbered through, row-major, as if each inner loop ran
/// up to its bound, which is the same in all iterations.
struct LoopNest {
  /// Outermost first, without their bodies.
  private(set) var loops: [Loop]
  /// For each loop what its extent does not exceed; depends on no loop of the nest.
  private(set) var bounds: [Index]
  let body: [Statement]

  /// The deepest nest that begins with a loop; nil where its iterations are not independent.
  init?(_ loop: Loop) {
    guard loop.isSpreadable else { return nil }
    var loops: [Loop] = []
    var bounds: [Index] = []
    var body: [Statement] = []
    var next: Loop? = loop
    while let inner = next, inner.isSpreadable,
      let bound = inner.extent.bound(outside: loops.map(\.variable))
    {
      loops.append(Loop(inner.variable, inner.extent, inner.mark, []))
      bounds.append(bound)
      body = inner.body
      next = nil
      if body.count == 1, case .loop(let only) = body[0] { next = only }
    }
    guard !loops.isEmpty else { return nil }
    self.loops = loops
    self.bounds = bounds
    self.body = body
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
    var coordinates: [Index] = []
    var rest = number
    for (position, bound) in bounds.enumerated().reversed() {
      coordinates.append(position == 0 ? rest : rest.remainder(by: bound.atLeastOne))
      rest = rest.quotient(by: bound.atLeastOne)
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
    if let bound = constantBound { return .constant(bound) }
    return variables.contains { contains(.variable($0)) } ? nil : self
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

  /// A divisor that is 0 where nothing is divided, as one that never is.
  var atLeastOne: Index { .maximum(of: self, 1) }
}
