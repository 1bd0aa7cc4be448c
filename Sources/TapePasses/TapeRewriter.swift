import TapeIR

/// Builds a tape from another one, node by node from front to back: what all passes that keep most
/// of a tape are made of.
///
/// The parameters come first, in order. A value that stands for one of the source takes over its
/// name unless it has one.
struct TapeRewriter {
  let source: Tape
  var builder: TapeBuilder
  /// What stands for each value of the source, as far as it has been visited.
  private var replacements: [Value]

  init(_ source: Tape) {
    self.source = source
    builder = TapeBuilder(name: source.name)
    replacements = [Value](repeating: Value(index: -1), count: source.types.count)
    for (parameter, (name, type)) in zip(source.parameters, source.parameterList) {
      replacements[parameter.index] = builder.parameter(name, type)
    }
  }

  /// The tape built so far.
  var tape: Tape { builder.tape }

  /// What stands for a value of the source.
  subscript(value: Value) -> Value { replacements[value.index] }

  /// What stands for the operands of a node of the source.
  func operands(of node: Node) -> [Value] { node.operands.map { self[$0] } }

  /// Takes the node over as it is, on what stands for its operands.
  mutating func keep(_ node: Node) {
    keep(node, on: operands(of: node))
  }

  /// Takes the node over on other operands of the same types.
  mutating func keep(_ node: Node, on operands: [Value]) {
    let types = node.results.map { source.type(of: $0) }
    replace(node, with: builder.copy(node, operands, types: types))
  }

  /// Takes the node over with other attributes, which do not change the types of its results.
  mutating func keep(_ node: Node, with attributes: Attributes) {
    let types = node.results.map { source.type(of: $0) }
    replace(
      node,
      with: builder.add(
        node.op, operands(of: node), attributes, types: types, provenance: node.provenance))
  }

  /// Lets values of the new tape, of the same types, stand for the results of a node.
  mutating func replace(_ node: Node, with values: [Value]) {
    for (result, value) in zip(node.results, values) { replace(result, with: value) }
  }

  /// Lets a value of the new tape, of the same type, stand for a value of the source.
  mutating func replace(_ value: Value, with other: Value) {
    replacements[value.index] = other
    if let name = source.names[value.index] { builder.suggestName(name, for: other) }
  }

  /// The tape with the results that stand for the source's.
  consuming func finish() -> Tape {
    let results = source.results.map { Tape.Result(name: $0.name, value: self[$0.value]) }
    return builder.finish(results)
  }
}
