/// A pure function on scalars: a directed acyclic graph of scalar operations in evaluation order.
///
/// The meaning of an elementwise op, the combination step of a reduction and the body of a loop are
/// all such expressions; constant folding, the interpreters and code generation read the same one.
package struct ScalarExpr: Hashable, Sendable {
  /// A value of the expression: the index of the node that computes it.
  package struct Value: Hashable, Sendable {
    package let index: Int
    package init(index: Int) { self.index = index }
  }

  /// One step. Operands come before their users.
  package enum Node: Hashable, Sendable {
    case parameter(Int)
    case constant(ScalarValue)
    case unary(ScalarOp.Unary, Value)
    case binary(ScalarOp.Binary, Value, Value)
    case compare(ScalarOp.Comparison, Value, Value)
    /// `a * b + c`, rounded once.
    case fma(Value, Value, Value)
    /// The second value where the first, a `bool`, holds, else the third.
    case select(Value, Value, Value)
    /// The value in the node's type, by the rules of `ScalarValue.converted(to:)`.
    case convert(Value)
    /// The value's bits read as the node's type, of the same width.
    case bitcast(Value)
    /// The long way where a condition holds, which few elements take.
    case rarely(RarePath)
  }

  /// What stands for a value where a condition holds that does so rarely. The result is a select's,
  /// but `slow` is not computed where no element at hand needs it.
  package struct RarePath: Hashable, Sendable {
    /// A `bool`.
    package let condition: Value
    /// The function whose single result stands where the condition holds …
    package let slow: ScalarExpr
    /// … of these arguments.
    package let arguments: [Value]
    /// What stands everywhere else.
    package let fast: Value
  }

  /// The types of the parameters.
  package let parameters: [DType]
  /// The steps, in an order in which each follows its operands.
  package let nodes: [Node]
  /// The type of each step's value.
  package let types: [DType]
  /// The values that the function returns.
  package let results: [Value]

  package var resultTypes: [DType] { results.map { types[$0.index] } }

  fileprivate init(parameters: [DType], nodes: [Node], types: [DType], results: [Value]) {
    self.parameters = parameters
    self.nodes = nodes
    self.types = types
    self.results = results
  }

  /// The function that `body` builds on parameters of the given types.
  package init(
    _ parameters: [DType],
    _ body: (inout ScalarExprBuilder, [Value]) -> [Value]
  ) {
    var builder = ScalarExprBuilder(parameters: parameters)
    let inputs = parameters.indices.map(Value.init(index:))
    let results = body(&builder, inputs)
    self = builder.finish(results)
  }

  /// The operands of a step, in order.
  package static func operands(of node: Node) -> [Value] {
    switch node {
    case .parameter, .constant: []
    case .unary(_, let a), .convert(let a), .bitcast(let a): [a]
    case .binary(_, let a, let b), .compare(_, let a, let b): [a, b]
    case .fma(let a, let b, let c), .select(let a, let b, let c): [a, b, c]
    case .rarely(let path): [path.condition] + path.arguments + [path.fast]
    }
  }
}

/// Builds a `ScalarExpr` step by step; equal steps are shared.
package struct ScalarExprBuilder {
  package typealias Value = ScalarExpr.Value

  private let parameters: [DType]
  private var nodes: [ScalarExpr.Node] = []
  private var types: [DType] = []
  private var known: [Key: Value] = [:]

  private struct Key: Hashable {
    let node: ScalarExpr.Node
    let type: DType
  }

  /// A builder whose first values are the parameters, in order.
  package init(parameters: [DType]) {
    self.parameters = parameters
    for (index, type) in parameters.enumerated() { _ = append(.parameter(index), type) }
  }

  package func type(of value: Value) -> DType { types[value.index] }

  private mutating func append(_ node: ScalarExpr.Node, _ type: DType) -> Value {
    let key = Key(node: node, type: type)
    if let value = known[key] { return value }
    let value = Value(index: nodes.count)
    nodes.append(node)
    types.append(type)
    known[key] = value
    return value
  }

  /// The finished function; steps that no result needs are left out.
  package func finish(_ results: [Value]) -> ScalarExpr {
    var isNeeded = [Bool](repeating: false, count: nodes.count)
    for value in results { isNeeded[value.index] = true }
    for index in nodes.indices.reversed() {
      if case .parameter = nodes[index] { isNeeded[index] = true }
      guard isNeeded[index] else { continue }
      for operand in ScalarExpr.operands(of: nodes[index]) { isNeeded[operand.index] = true }
    }
    var renamed = [Value](repeating: Value(index: 0), count: nodes.count)
    var keptNodes: [ScalarExpr.Node] = []
    var keptTypes: [DType] = []
    for index in nodes.indices where isNeeded[index] {
      renamed[index] = Value(index: keptNodes.count)
      keptNodes.append(nodes[index].mapOperands { renamed[$0.index] })
      keptTypes.append(types[index])
    }
    return ScalarExpr(
      parameters: parameters, nodes: keptNodes, types: keptTypes,
      results: results.map { renamed[$0.index] })
  }

  /// The results of `expression` applied to `arguments`, its steps inlined here.
  package mutating func inline(_ expression: ScalarExpr, _ arguments: [Value]) -> [Value] {
    var renamed: [Value] = []
    renamed.reserveCapacity(expression.nodes.count)
    for (node, type) in zip(expression.nodes, expression.types) {
      if case .parameter(let number) = node {
        renamed.append(arguments[number])
      } else {
        renamed.append(append(node.mapOperands { renamed[$0.index] }, type))
      }
    }
    return expression.results.map { renamed[$0.index] }
  }
}

extension ScalarExprBuilder {
  package mutating func constant(_ value: ScalarValue) -> Value {
    append(.constant(value), value.dtype)
  }

  /// The constant `value`, rounded to the type of `like`.
  package mutating func constant(_ value: Double, like: Value) -> Value {
    constant(ScalarValue(type(of: like), rounding: value))
  }

  /// The integer constant `value`, wrapped to the type of `like`.
  package mutating func constant(integer value: Int, like: Value) -> Value {
    constant(ScalarValue(type(of: like), wrapping: value))
  }

  package mutating func unary(_ op: ScalarOp.Unary, _ a: Value) -> Value {
    precondition(op.accepts(type(of: a)), "\(op.name) is not defined on \(type(of: a))")
    return append(.unary(op, a), type(of: a))
  }

  package mutating func binary(_ op: ScalarOp.Binary, _ a: Value, _ b: Value) -> Value {
    precondition(
      type(of: a) == type(of: b) && op.accepts(type(of: a)),
      "\(op.name) is not defined on \(type(of: a)) and \(type(of: b))")
    return append(.binary(op, a, b), type(of: a))
  }

  package mutating func compare(_ op: ScalarOp.Comparison, _ a: Value, _ b: Value) -> Value {
    precondition(type(of: a) == type(of: b), "\(op.name) of different types")
    return append(.compare(op, a, b), .bool)
  }

  package mutating func fma(_ a: Value, _ b: Value, _ c: Value) -> Value {
    let dtype = type(of: a)
    precondition(
      (dtype == .f32 || dtype == .f64) && type(of: b) == dtype && type(of: c) == dtype,
      "fma needs three floats of one type")
    return append(.fma(a, b, c), dtype)
  }

  package mutating func select(_ condition: Value, _ a: Value, _ b: Value) -> Value {
    precondition(
      type(of: condition) == .bool && type(of: a) == type(of: b),
      "select needs a bool and two values of one type")
    return append(.select(condition, a, b), type(of: a))
  }

  /// `a` in type `dtype`; `a` itself where it has that type.
  package mutating func convert(_ a: Value, to dtype: DType) -> Value {
    type(of: a) == dtype ? a : append(.convert(a), dtype)
  }

  /// The bits of `a` as `dtype`, which has the same width.
  package mutating func bitcast(_ a: Value, to dtype: DType) -> Value {
    precondition(type(of: a).bitWidth == dtype.bitWidth, "bitcast between different widths")
    return type(of: a) == dtype ? a : append(.bitcast(a), dtype)
  }

  /// The value that `slow` builds on the arguments where the condition holds, else `fast`.
  package mutating func rarely(
    _ condition: Value, _ arguments: [Value],
    slow: (inout ScalarExprBuilder, [Value]) -> Value, fast: Value
  ) -> Value {
    let function = ScalarExpr(arguments.map(type(of:))) { builder, inputs in
      [slow(&builder, inputs)]
    }
    precondition(
      type(of: condition) == .bool && function.resultTypes == [type(of: fast)],
      "rarely needs a bool and two values of one type")
    let path = ScalarExpr.RarePath(
      condition: condition, slow: function, arguments: arguments, fast: fast)
    return append(.rarely(path), type(of: fast))
  }

  package mutating func add(_ a: Value, _ b: Value) -> Value { binary(.add, a, b) }
  package mutating func sub(_ a: Value, _ b: Value) -> Value { binary(.sub, a, b) }
  package mutating func mul(_ a: Value, _ b: Value) -> Value { binary(.mul, a, b) }
  package mutating func div(_ a: Value, _ b: Value) -> Value { binary(.div, a, b) }
  package mutating func neg(_ a: Value) -> Value { unary(.neg, a) }
  package mutating func abs(_ a: Value) -> Value { unary(.abs, a) }
  package mutating func sqrt(_ a: Value) -> Value { unary(.sqrt, a) }
}

extension ScalarExpr.Node {
  /// The same step on other operands.
  package func mapOperands(_ transform: (ScalarExpr.Value) -> ScalarExpr.Value) -> Self {
    switch self {
    case .parameter, .constant: self
    case .unary(let op, let a): .unary(op, transform(a))
    case .binary(let op, let a, let b): .binary(op, transform(a), transform(b))
    case .compare(let op, let a, let b): .compare(op, transform(a), transform(b))
    case .fma(let a, let b, let c): .fma(transform(a), transform(b), transform(c))
    case .select(let a, let b, let c): .select(transform(a), transform(b), transform(c))
    case .convert(let a): .convert(transform(a))
    case .bitcast(let a): .bitcast(transform(a))
    case .rarely(let path):
      .rarely(
        ScalarExpr.RarePath(
          condition: transform(path.condition), slow: path.slow,
          arguments: path.arguments.map(transform), fast: transform(path.fast)))
    }
  }
}
