import ScalarIR

/// Builds a tape node by node; a node that is there already is not added again (hash-consing).
package struct TapeBuilder: Sendable {
  package private(set) var tape: Tape
  /// Given to nodes that are added without a provenance of their own.
  package var provenance = Provenance.unknown

  private var known: [NodeKey: Value] = [:]

  private struct NodeKey: Hashable {
    let op: Op
    let attributes: Attributes
    let operands: [Value]
  }

  package init(name: String) { tape = Tape(name: name) }

  /// Goes on from a finished tape; its results are forgotten, its values keep their numbers.
  package init(extending tape: Tape) {
    self.tape = tape
    self.tape.results = []
    for node in tape.nodes {
      known[NodeKey(op: node.op, attributes: node.attributes, operands: node.operands)] =
        node.firstResult
    }
  }

  package func type(of value: Value) -> TensorType { tape.type(of: value) }
  package func shape(of value: Value) -> Shape { tape.type(of: value).shape }
  package func dtype(of value: Value) -> DType { tape.type(of: value).dtype }

  private mutating func addValue(_ type: TensorType, name: String?, producer: Int) -> Value {
    let value = Value(index: tape.types.count)
    tape.types.append(type)
    tape.names.append(name)
    tape.producers.append(producer)
    return value
  }

  package mutating func parameter(_ name: String, _ type: TensorType) -> Value {
    let value = addValue(type, name: name, producer: -1)
    tape.parameters.append(value)
    return value
  }

  /// Gives a value a name, unless it has one.
  package mutating func suggestName(_ name: String, for value: Value) {
    if tape.names[value.index] == nil { tape.names[value.index] = name }
  }

  /// The results of `op` on `operands`.
  ///
  /// - Throws: `TapeError.constraint` where operands or attributes do not fulfil a constraint.
  package mutating func apply(
    _ op: Op, _ operands: [Value], _ attributes: Attributes = .none,
    provenance: Provenance? = nil
  ) throws(TapeError) -> [Value] {
    let key = NodeKey(op: op, attributes: attributes, operands: operands)
    if let first = known[key] { return tape.nodes[tape.producers[first.index]].results }
    let operandTypes = operands.map(type(of:))
    let provenance = provenance ?? self.provenance
    let resultTypes: [TensorType]
    do {
      resultTypes = try op.checkedTypes(operandTypes, attributes)
    } catch {
      throw .constraint(
        op: op.name, operands: operandTypes, violation: error, provenance: provenance)
    }
    if let values = try op.expansion?(&self, operands, attributes) { return values }
    let canonical = op.canonical(attributes)
    guard canonical != attributes else { return append(key, resultTypes, provenance) }
    let canonicalKey = NodeKey(op: op, attributes: canonical, operands: operands)
    if let first = known[canonicalKey] { return tape.nodes[tape.producers[first.index]].results }
    return append(canonicalKey, resultTypes, provenance)
  }

  /// The single result of `op` on `operands`.
  package mutating func op(
    _ op: Op, _ operands: Value..., attributes: Attributes = .none
  ) throws(TapeError) -> Value {
    try apply(op, operands, attributes)[0]
  }

  /// The results of a node of another tape on operands of this one, whose types are the same.
  package mutating func copy(_ node: Node, _ operands: [Value], types: [TensorType]) -> [Value] {
    add(node.op, operands, node.attributes, types: types, provenance: node.provenance)
  }

  /// The results of an op whose operands have been checked and whose result types are known.
  package mutating func add(
    _ op: Op, _ operands: [Value], _ attributes: Attributes, types: [TensorType],
    provenance: Provenance
  ) -> [Value] {
    let key = NodeKey(op: op, attributes: attributes, operands: operands)
    if let first = known[key] { return tape.nodes[tape.producers[first.index]].results }
    return append(key, types, provenance)
  }

  private mutating func append(
    _ key: NodeKey, _ resultTypes: [TensorType], _ provenance: Provenance
  ) -> [Value] {
    let number = tape.nodes.count
    let results = resultTypes.map { addValue($0, name: nil, producer: number) }
    let first = results.first ?? Value(index: tape.types.count)
    tape.nodes.append(
      Node(
        op: key.op, attributes: key.attributes, operands: key.operands, firstResult: first,
        resultCount: results.count, provenance: provenance))
    known[key] = first
    return results
  }

  /// The tape with the given results.
  package consuming func finish(_ results: [Tape.Result]) -> Tape {
    var finished = tape
    finished.results = results
    return finished
  }
}

extension TapeBuilder {
  /// A tensor of the given type that holds `value` everywhere.
  package mutating func splat(_ value: ScalarValue, _ shape: Shape) throws(TapeError) -> Value {
    try op(
      .constant,
      attributes: [
        .value: .literal(Literal(splat: value)), .type: .type(TensorType(value.dtype, shape)),
      ])
  }

  /// A tensor of the type of `like` that holds `value`, rounded to its element type, everywhere.
  package mutating func splat(_ value: Double, like: Value) throws(TapeError) -> Value {
    let type = type(of: like)
    return try splat(ScalarValue(type.dtype, rounding: value), type.shape)
  }

  package mutating func literal(_ literal: Literal) throws(TapeError) -> Value {
    if let value = literal.splatValue { return try splat(value, literal.shape) }
    return try op(
      .constant,
      attributes: [
        .value: .literal(literal), .type: .type(TensorType(literal.dtype, literal.shape)),
      ])
  }

  /// `value` with its axes lined up with the last ones of `shape` and repeated to fill it.
  package mutating func broadcast(_ value: Value, to shape: Shape) throws(TapeError) -> Value {
    if self.shape(of: value) == shape { return value }
    return try op(.broadcast, value, attributes: [.shape: .dims(shape.dims)])
  }

  package mutating func reshape(_ value: Value, to shape: Shape) throws(TapeError) -> Value {
    if self.shape(of: value) == shape { return value }
    return try op(.reshape, value, attributes: [.shape: .dims(shape.dims)])
  }

  package mutating func transpose(_ value: Value, axes: [Int]) throws(TapeError) -> Value {
    if axes == Array(axes.indices) { return value }
    return try op(.transpose, value, attributes: [.axes: .integers(axes)])
  }

  package mutating func convert(_ value: Value, to dtype: DType) throws(TapeError) -> Value {
    if self.dtype(of: value) == dtype { return value }
    return try op(.convert, value, attributes: [.to: .dtype(dtype)])
  }

  package mutating func sum(
    _ value: Value, axes: [Int], keepingAxes: Bool = false
  ) throws(TapeError) -> Value {
    if axes.isEmpty { return value }
    var attributes: Attributes = [.axes: .integers(axes)]
    if keepingAxes { attributes[.keep] = .boolean(true) }
    return try apply(.reduceSum, [value], attributes)[0]
  }
}
