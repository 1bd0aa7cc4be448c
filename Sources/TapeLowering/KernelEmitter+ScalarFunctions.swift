import LoopIR
import ScalarIR

// Scalar functions as statements, one a step.

extension KernelEmitter {
  /// The results of a scalar function, each step in the outermost loop that knows its operands.
  mutating func apply(_ function: ScalarExpr, _ arguments: [Scalar]) -> [Scalar] {
    var scalars: [Scalar] = []
    scalars.reserveCapacity(function.nodes.count)
    for (node, dtype) in zip(function.nodes, function.types) {
      switch node {
      case .parameter(let number): scalars.append(arguments[number])
      case .constant(let value): scalars.append(constant(value))
      case .unary, .binary, .compare, .fma, .select, .convert, .bitcast, .rarely:
        let operands = ScalarExpr.operands(of: node).map { scalars[$0.index] }
        let scope = operands.map(\.scope).max() ?? base
        let expression = expression(node, on: operands.map(\.variable))
        scalars.append(define(dtype, expression, scope: scope))
      }
    }
    return function.results.map { scalars[$0.index] }
  }

  /// A step, which is no parameter, on its operands.
  private mutating func expression(
    _ node: ScalarExpr.Node, on operands: [Variable]
  ) -> Expression {
    switch node {
    case .parameter: preconditionFailure("a parameter is no step")
    case .constant(let value): .constant(value)
    case .unary(let op, _): .unary(op, operands[0])
    case .binary(let op, _, _): .binary(op, operands[0], operands[1])
    case .compare(let op, _, _): .compare(op, operands[0], operands[1])
    case .fma: .fma(operands[0], operands[1], operands[2])
    case .select: .select(operands[0], operands[1], operands[2])
    case .convert: .convert(operands[0])
    case .bitcast: .bitcast(operands[0])
    case .rarely(let path): .rarely(rarePath(path, on: operands))
    }
  }

  /// The path with its slow function as a body, constants and all.
  private mutating func rarePath(
    _ path: ScalarExpr.RarePath, on operands: [Variable]
  ) -> RarePath {
    let arguments = operands.dropFirst().dropLast()
    var variables: [Variable] = []
    var body: [Statement] = []
    for (node, dtype) in zip(path.slow.nodes, path.slow.types) {
      if case .parameter(let number) = node {
        variables.append(arguments[arguments.startIndex + number])
        continue
      }
      let inner = ScalarExpr.operands(of: node).map { variables[$0.index] }
      let variable = freshVariable("v")
      body.append(.define(variable, dtype, expression(node, on: inner)))
      variables.append(variable)
    }
    return RarePath(
      condition: operands[0], body: body, slow: variables[path.slow.results[0].index],
      fast: operands[operands.count - 1])
  }
}
