/// A supply of symbols that nothing else uses: `L_0`, `L_1`, ….
package struct FreshNames: Sendable {
  private let prefix: String
  private let used: Set<String>
  private var count = 0

  /// Starts a supply of `PREFIX_N` names that leaves out those in use.
  package init(prefix: String, avoiding used: Set<String> = []) {
    self.prefix = prefix
    self.used = used
  }

  /// The next name.
  package mutating func next() -> String {
    while true {
      let name = "\(prefix)_\(count)"
      count += 1
      if !used.contains(name) { return name }
    }
  }
}

extension SExpression {
  /// The symbols in the expression that begin with a prefix, outside types.
  ///
  /// - Complexity: O(nodes).
  package func symbols(withPrefix prefix: String) -> Set<String> {
    var found: Set<String> = []
    var pending = [self]
    while let expression = pending.popLast() {
      switch expression.kind {
      case .symbol(let name): if name.hasPrefix(prefix) { found.insert(name) }
      case .list(let elements), .form(let elements): pending += elements
      case .keyword, .integer, .float, .boolean, .string, .type: break
      }
    }
    return found
  }
}
