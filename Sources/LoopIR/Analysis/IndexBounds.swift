/// What is known of the values of loop variables: decides minima, maxima, quotients and remainders.
///
///     (min 512 (add (mul (mod i 8) -512) 4096))   is 512
///     (mod (floordiv i 8) 16)                     is (floordiv i 8), where i is below 128
package struct IndexBounds {
  package init() {}

  private var ranges: [Variable: ClosedRange<Int>] = [:]

  /// Notes that the loop's variable is within its extent.
  package mutating func enter(_ loop: Loop) {
    ranges[loop.variable] = nil
    if let extent = range(of: loop.extent), extent.upperBound > 0 {
      ranges[loop.variable] = 0...(extent.upperBound - 1)
    }
  }

  /// The index with what is decided written out.
  func simplified(_ index: Index) -> Index { bounded(index).index }

  /// The least and the greatest value that the index may have; nil where that is not known.
  package func range(of index: Index) -> ClosedRange<Int>? { bounded(index).range }

  private func bounded(_ index: Index) -> (index: Index, range: ClosedRange<Int>?) {
    switch index {
    case .constant(let value): return (index, value...value)
    case .variable(let name): return (index, ranges[name])
    case .symbol, .value: return (index, nil)
    case .sum(let a, let b):
      let (x, y) = (bounded(a), bounded(b))
      return (x.index + y.index, combined(x.range, y.range) { $0.addingReportingOverflow($1) })
    case .product(let a, let b):
      let (x, y) = (bounded(a), bounded(b))
      return (
        x.index * y.index, combined(x.range, y.range) { $0.multipliedReportingOverflow(by: $1) }
      )
    case .quotient(let a, let divisor): return quotient(bounded(a), bounded(divisor).index)
    case .remainder(let a, let divisor): return remainder(bounded(a), bounded(divisor).index)
    case .minimum(let a, let b):
      let (x, y) = (bounded(a), bounded(b))
      if let i = x.range, let j = y.range {
        if i.upperBound <= j.lowerBound { return x }
        if j.upperBound <= i.lowerBound { return y }
      }
      return (
        .minimum(of: x.index, y.index), combined(x.range, y.range) { (min($0, $1), false) }
      )
    case .maximum(let a, let b):
      let (x, y) = (bounded(a), bounded(b))
      if let i = x.range, let j = y.range {
        if i.lowerBound >= j.upperBound { return x }
        if j.lowerBound >= i.upperBound { return y }
      }
      return (
        .maximum(of: x.index, y.index), combined(x.range, y.range) { (max($0, $1), false) }
      )
    }
  }

  private func quotient(
    _ a: (index: Index, range: ClosedRange<Int>?), _ divisor: Index
  ) -> (Index, ClosedRange<Int>?) {
    let quotient = a.index.quotient(by: divisor)
    guard let range = a.range, let step = divisor.constant, step > 0 else { return (quotient, nil) }
    let low = Index.constant(range.lowerBound).quotient(by: divisor).constant ?? 0
    let high = Index.constant(range.upperBound).quotient(by: divisor).constant ?? 0
    return (low == high ? .constant(low) : quotient, low...high)
  }

  private func remainder(
    _ a: (index: Index, range: ClosedRange<Int>?), _ divisor: Index
  ) -> (Index, ClosedRange<Int>?) {
    guard let step = divisor.constant, step > 0 else {
      return (a.index.remainder(by: divisor), nil)
    }
    if let range = a.range, range.lowerBound >= 0, range.upperBound < step { return a }
    return (a.index.remainder(by: divisor), 0...(step - 1))
  }

  /// The range of a function that grows or falls with each operand; nil where it overflows.
  private func combined(
    _ a: ClosedRange<Int>?, _ b: ClosedRange<Int>?,
    _ function: (Int, Int) -> (partialValue: Int, overflow: Bool)
  ) -> ClosedRange<Int>? {
    guard let a, let b else { return nil }
    let corners = [
      function(a.lowerBound, b.lowerBound), function(a.lowerBound, b.upperBound),
      function(a.upperBound, b.lowerBound), function(a.upperBound, b.upperBound),
    ]
    guard !corners.contains(where: \.overflow), let least = corners.map(\.partialValue).min(),
      let greatest = corners.map(\.partialValue).max()
    else { return nil }
    return least...greatest
  }
}

extension [Statement] {
  /// The statements with indices simplified by what their loops' extents say.
  func boundingIndices(_ bounds: IndexBounds = IndexBounds()) -> [Statement] {
    map { statement in
      switch statement {
      case .loop(var loop):
        loop.extent = bounds.simplified(loop.extent)
        var inner = bounds
        inner.enter(loop)
        loop.body = loop.body.boundingIndices(inner)
        return .loop(loop)
      case .conditional(let condition, let then, let otherwise):
        return .conditional(
          condition.mappingIndices(bounds.simplified), then: then.boundingIndices(bounds),
          else: otherwise.boundingIndices(bounds))
      case .define, .store, .scratch, .barrier:
        return statement.mappingIndices(bounds.simplified)
      }
    }
  }
}
