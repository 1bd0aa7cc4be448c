extension ScalarExpr {
  /// The results for arguments given as bit patterns of the parameter types.
  package func evaluate(_ arguments: [UInt64]) -> [UInt64] {
    var registers = [UInt64](repeating: 0, count: nodes.count)
    evaluate(arguments, &registers)
    return results.map { registers[$0.index] }
  }

  /// The results for typed arguments.
  package func evaluate(_ arguments: [ScalarValue]) -> [ScalarValue] {
    zip(evaluate(arguments.map(\.bits)), resultTypes).map { ScalarValue($1, bits: $0) }
  }

  /// Computes every step into `registers`, which has room for one word a step; the results stand
  /// at the indices of `results`. Callers that evaluate often keep `registers`.
  package func evaluate(_ arguments: [UInt64], _ registers: inout [UInt64]) {
    for index in nodes.indices {
      registers[index] =
        switch nodes[index] {
        case .parameter(let number): arguments[number]
        case .constant(let value): value.bits
        case .unary(let op, let a): op.evaluate(types[a.index], registers[a.index])
        case .binary(let op, let a, let b):
          op.evaluate(types[a.index], registers[a.index], registers[b.index])
        case .compare(let op, let a, let b):
          op.evaluate(types[a.index], registers[a.index], registers[b.index])
        case .fma(let a, let b, let c):
          ScalarValue.fma(types[index], registers[a.index], registers[b.index], registers[c.index])
        case .select(let a, let b, let c):
          registers[a.index] != 0 ? registers[b.index] : registers[c.index]
        case .convert(let a):
          ScalarValue(types[a.index], bits: registers[a.index]).converted(to: types[index]).bits
        case .bitcast(let a): registers[a.index]
        case .rarely(let path):
          registers[path.condition.index] != 0
            ? path.slow.evaluate(path.arguments.map { registers[$0.index] })[0]
            : registers[path.fast.index]
        }
    }
  }
}
