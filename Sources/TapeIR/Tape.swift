import ScalarIR

/// A tensor program: nodes in an order in which each follows its operands.
///
/// A tape is a value of flat arrays; what refers to a node does so by number. Every op on it is pure.
package struct Tape: Sendable {
  package var name: String
  /// The values that the tape is given.
  package internal(set) var parameters: [Value] = []
  package internal(set) var nodes: [Node] = []
  /// The type of each value.
  package internal(set) var types: [TensorType] = []
  /// The name that the user gave each value, where there is one.
  package internal(set) var names: [String?] = []
  /// The node that computes each value; −1 for parameters.
  package internal(set) var producers: [Int] = []
  package internal(set) var results: [Result] = []

  package init(name: String) { self.name = name }

  /// A value that the tape returns, and under which name.
  package struct Result: Hashable, Sendable {
    package var name: String
    package var value: Value

    package init(name: String, value: Value) {
      self.name = name
      self.value = value
    }
  }
}

/// A value of a tape: a parameter, or a result of a node.
package struct Value: Hashable, Sendable, Comparable {
  package let index: Int
  package init(index: Int) { self.index = index }
  package static func < (a: Value, b: Value) -> Bool { a.index < b.index }
}

/// One use of an op.
package struct Node: Sendable {
  package let op: Op
  package let attributes: Attributes
  package let operands: [Value]
  /// The values that it computes, which follow each other.
  package let firstResult: Value
  package let resultCount: Int
  package var provenance: Provenance

  package var results: [Value] {
    (0..<resultCount).map { Value(index: firstResult.index + $0) }
  }
}

extension Tape {
  package func type(of value: Value) -> TensorType { types[value.index] }

  /// The node that computes the value, or nil for a parameter.
  package func producer(of value: Value) -> Int? {
    let producer = producers[value.index]
    return producer < 0 ? nil : producer
  }

  package func operandTypes(of node: Node) -> [TensorType] { node.operands.map(type(of:)) }

  /// The family of a node with its payload.
  package func family(of node: Node) -> Family {
    node.op.family(operandTypes(of: node), node.attributes)
  }

  /// For each node whether a result of the tape needs it.
  package var neededNodes: [Bool] {
    var isUsed = [Bool](repeating: false, count: types.count)
    for result in results { isUsed[result.value.index] = true }
    var isNeeded = [Bool](repeating: false, count: nodes.count)
    for (number, node) in nodes.enumerated().reversed()
    where node.results.contains(where: { isUsed[$0.index] }) {
      isNeeded[number] = true
      for operand in node.operands { isUsed[operand.index] = true }
    }
    return isNeeded
  }

  /// The symbolic sizes in the parameters' types, sorted.
  package var symbols: [String] {
    parameters.reduce(into: Set<String>()) { $0.formUnion(type(of: $1).shape.symbols) }.sorted()
  }

  /// The name and type of each parameter.
  package var parameterList: [(name: String, type: TensorType)] {
    parameters.enumerated().map { (names[$1.index] ?? "p\($0)", type(of: $1)) }
  }
}

/// Tapes are equal when they compute the same: names of inner values and provenance do not count,
/// names of parameters and results do.
extension Tape: Hashable {
  package static func == (a: Tape, b: Tape) -> Bool {
    guard a.results == b.results, a.parameters == b.parameters,
      a.parameters.allSatisfy({ a.names[$0.index] == b.names[$0.index] })
    else { return false }
    return a.hasSameNodes(as: b)
  }

  /// Whether parameters and nodes are the same, whatever they are called.
  func hasSameNodes(as other: Tape) -> Bool {
    let isShared = nodes.withUnsafeBufferPointer { here in
      other.nodes.withUnsafeBufferPointer { $0.baseAddress == here.baseAddress }
    }
    if isShared, nodes.count == other.nodes.count, !nodes.isEmpty {
      return parameters == other.parameters && types == other.types
    }
    guard parameters == other.parameters, types == other.types, nodes.count == other.nodes.count
    else { return false }
    return zip(nodes, other.nodes).allSatisfy { x, y in
      x.op == y.op && x.operands == y.operands && x.firstResult == y.firstResult
        && x.attributes == y.attributes
    }
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(results)
    hashNodes(into: &hasher)
  }

  func hashNodes(into hasher: inout Hasher) {
    hasher.combine(parameters)
    for parameter in parameters { hasher.combine(type(of: parameter)) }
    for node in nodes {
      hasher.combine(node.op)
      hasher.combine(node.operands)
      hasher.combine(node.attributes)
    }
  }
}
