extension Kernel {
  /// Whether two parameters, one written and one only read, may be bound to the same memory.
  ///
  /// They may where every access to either uses the same index, no two iterations of the loops around
  /// the accesses share an element, and each iteration reads before it writes.
  package func canShare(written: Int, read: Int) -> Bool {
    let (target, source) = (parameters[written], parameters[read])
    guard target.access == .write, source.access == .read,
      target.dtype.byteWidth == source.dtype.byteWidth
    else { return false }
    let accesses = body.accesses.filter { $0.array == target.name || $0.array == source.name }
    guard let first = accesses.first else { return true }
    let index = IndexPolynomial(first.index)
    let path = first.loops.map(\.variable)
    var hasStored = false
    for access in accesses {
      guard access.loops.map(\.variable) == path, IndexPolynomial(access.index) == index,
        access.isStore || !hasStored
      else { return false }
      hasStored = hasStored || access.isStore
    }
    return first.loops.indices.allSatisfy { depth in
      guard let (coefficient, rest) = index.split(at: .variable(path[depth])),
        let range = IndexRange(of: rest, over: Array(first.loops[(depth + 1)...]))
      else { return false }
      let hasMoved = [coefficient, range.lowest, range.highest].flatMap(\.atoms).contains { atom in
        atom.leaves.contains { leaf in
          switch leaf {
          case .value: true
          case .variable(let name): path[depth...].contains(name)
          case .constant, .symbol, .sum, .product, .quotient, .remainder, .minimum, .maximum: false
          }
        }
      }
      return !hasMoved
        && (coefficient - IndexPolynomial(1) - range.highest + range.lowest).isNonNegative
    }
  }
}
