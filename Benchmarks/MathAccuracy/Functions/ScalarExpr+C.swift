import ScalarIR

extension ScalarExpr {
  /// Adds a function of one or two values to an expression.
  typealias Building = (inout ScalarExprBuilder, [Value]) -> Value

  /// The expression as a C function of `x0`, `x1`, …, one operation a line, each a call of a
  /// function that `scalar_operations.h` defines. Rare paths are functions of their own before it.
  func text(inCFunction name: String) -> String {
    var functions = ""
    let arguments = parameters.enumerated().map { "\($1) x\($0)" }.joined(separator: ", ")
    var lines = ["static inline \(resultTypes[0]) \(name)(\(arguments)) {"]
    for (index, node) in nodes.enumerated() {
      let slowName = "\(name)_slow\(index)"
      if case .rarely(let path) = node { functions += path.slow.text(inCFunction: slowName) }
      lines.append("  \(types[index]) v\(index) = \(value(of: node, types[index], slowName));")
    }
    lines += ["  return v\(results[0].index);", "}", ""]
    return functions + lines.joined(separator: "\n")
  }

  private func value(of node: Node, _ type: DType, _ slowName: String) -> String {
    switch node {
    case .parameter(let number): "x\(number)"
    case .constant(let value): constant(value)
    case .unary(let op, _): call(op.name, type, node)
    case .binary(let op, _, _): call(op.name, type, node)
    case .compare(let op, let a, _): call(op.name, types[a.index], node)
    case .fma: call("fma", type, node)
    case .select: call("select", type, node)
    case .convert(let a): call("convert_\(types[a.index])", type, node)
    case .bitcast(let a): call("bitcast_\(types[a.index])", type, node)
    case .rarely(let path):
      "v\(path.condition.index) ? \(slowName)"
        + "(\(path.arguments.map { "v\($0.index)" }.joined(separator: ", ")))"
        + " : v\(path.fast.index)"
    }
  }

  private func call(_ name: String, _ type: DType, _ node: Node) -> String {
    let operands = ScalarExpr.operands(of: node).map { "v\($0.index)" }
    let function = name.map { $0 == "-" ? "_" : $0 }
    return "\(String(function))_\(type)(\(operands.joined(separator: ", ")))"
  }

  /// The value by its bits, which says it exactly.
  private func constant(_ value: ScalarValue) -> String {
    let bits = "0x\(String(value.bits, radix: 16))u"
    return value.dtype.isFloating
      ? "bitcast_\(value.dtype.unsignedCounterpart)_\(value.dtype)(\(bits))"
      : "(\(value.dtype))\(bits)"
  }
}
