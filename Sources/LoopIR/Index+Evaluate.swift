import ScalarIR

extension Index {
  /// The value for the given symbolic sizes, in an index without loop variables and scalars.
  package func evaluate(_ symbols: [String: Int]) -> Int {
    switch self {
    case .constant(let value): return value
    case .symbol(let name):
      guard let value = symbols[name] else { preconditionFailure("no size for symbol \(name)") }
      return value
    case .variable(let name), .value(let name):
      preconditionFailure("\(name.name) stands outside of its loop")
    case .sum(let a, let b): return a.evaluate(symbols) + b.evaluate(symbols)
    case .product(let a, let b): return a.evaluate(symbols) * b.evaluate(symbols)
    case .quotient(let a, let b):
      return Dim.floorQuotient(a.evaluate(symbols), b.evaluate(symbols))
    case .remainder(let a, let b):
      let (x, y) = (a.evaluate(symbols), b.evaluate(symbols))
      return x - Dim.floorQuotient(x, y) * y
    case .minimum(let a, let b): return min(a.evaluate(symbols), b.evaluate(symbols))
    case .maximum(let a, let b): return max(a.evaluate(symbols), b.evaluate(symbols))
    }
  }
}
