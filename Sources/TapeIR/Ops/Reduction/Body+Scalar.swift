import ScalarIR

// Bodies that are functions of scalars.

extension Body {
  /// What keeps the body from being a function of scalars; nil where nothing does.
  var scalarObstacle: String? {
    for type in tape.types where type.rank > 0 { return type.description }
    for node in tape.nodes {
      switch tape.family(of: node) {
      case .elementwise, .source(.constant), .movement: continue
      case .control(.cond(let then, let otherwise)):
        if let obstacle = then.scalarObstacle ?? otherwise.scalarObstacle { return obstacle }
      case .reduction(let reduction) where reduction.axes.isEmpty: continue
      case .source, .reduction, .fold, .contraction, .control, .indexing, .sorting,
        .convolution, .linearAlgebra, .host, .scan, .window:
        return node.op.name
      }
    }
    return nil
  }

  /// The body on tensors of a shape, element by element.
  func elementwise(over shape: Shape) throws(TapeError) -> Body {
    var builder = TapeBuilder(name: tape.name)
    let operands = builder.parameters("a", parameterTypes.map { TensorType($0.dtype, shape) })
    let results = try apply(to: operands, shape, &builder)
    return builder.body(results)
  }

  private func apply(
    to operands: [Value], _ shape: Shape, _ builder: inout TapeBuilder
  ) throws(TapeError) -> [Value] {
    var values = [Value](repeating: Value(index: 0), count: tape.types.count)
    for (parameter, operand) in zip(tape.parameters, operands) { values[parameter.index] = operand }
    for node in tape.nodes {
      let operands = node.operands.map { values[$0.index] }
      var results: [Value]
      switch tape.family(of: node) {
      case .source(.constant(let literal)): results = [try builder.splat(literal[0], shape)]
      case .movement, .reduction: results = operands
      case .control(.cond(let then, let otherwise)):
        let arguments = Array(operands.dropFirst())
        let taken = try then.apply(to: arguments, shape, &builder)
        let other = try otherwise.apply(to: arguments, shape, &builder)
        results = []
        for (a, b) in zip(taken, other) {
          results.append(try builder.op(.select, operands[0], a, b))
        }
      case .elementwise, .source, .fold, .contraction, .control, .indexing, .sorting,
        .convolution, .linearAlgebra, .host, .scan, .window:
        results = try builder.apply(
          node.op, operands, node.attributes, provenance: node.provenance)
      }
      for (old, new) in zip(node.results, results) { values[old.index] = new }
    }
    return tape.results.map { values[$0.value.index] }
  }
}

extension ScalarExpr {
  /// The function that a body is for which nothing is an obstacle to that.
  init(_ body: Body) {
    self.init(body.parameterTypes.map(\.dtype)) { builder, inputs in
      builder.inline(body, inputs)
    }
  }
}

extension ScalarExprBuilder {
  fileprivate mutating func inline(_ body: Body, _ arguments: [Value]) -> [Value] {
    let tape = body.tape
    var values = [Value](repeating: Value(index: 0), count: tape.types.count)
    for (parameter, argument) in zip(tape.parameters, arguments) {
      values[parameter.index] = argument
    }
    for node in tape.nodes {
      let operands = node.operands.map { values[$0.index] }
      let results: [Value]
      switch tape.family(of: node) {
      case .elementwise(let meaning): results = inline(meaning, operands)
      case .source(.constant(let literal)): results = [constant(literal[0])]
      case .control(.cond(let then, let otherwise)):
        let arguments = Array(operands.dropFirst())
        results = zip(inline(then, arguments), inline(otherwise, arguments)).map {
          select(operands[0], $0, $1)
        }
      case .source, .movement, .reduction, .fold, .contraction, .control, .indexing, .sorting,
        .convolution, .linearAlgebra, .host, .scan, .window:
        results = operands
      }
      for (old, new) in zip(node.results, results) { values[old.index] = new }
    }
    return tape.results.map { values[$0.value.index] }
  }
}
