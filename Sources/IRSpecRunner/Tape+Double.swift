import ScalarIR
import TapeIR

extension Tape {
  /// The tape with f64 in place of every other floating type, in parameters, attributes and
  /// constants: what finite differences are taken of.
  ///
  /// - Throws: `TapeError.constraint` where an op does not take the wider type.
  func inDoublePrecision() throws(TapeError) -> Tape {
    var builder = TapeBuilder(name: name)
    var values = types.indices.map { Value(index: $0) }
    for (value, parameter) in zip(parameters, parameterList) {
      values[value.index] = builder.parameter(
        parameter.name, parameter.type.inDoublePrecision)
    }
    for node in nodes {
      let wide = try builder.apply(
        node.op, node.operands.map { values[$0.index] },
        try node.attributes.inDoublePrecision(),
        provenance: node.provenance)
      for (value, result) in zip(node.results, wide) { values[value.index] = result }
    }
    return builder.finish(
      results.map { Result(name: $0.name, value: values[$0.value.index]) })
  }
}

extension DType {
  fileprivate var inDoublePrecision: DType { isFloating ? .f64 : self }
}

extension TensorType {
  fileprivate var inDoublePrecision: TensorType { TensorType(dtype.inDoublePrecision, shape) }
}

extension Literal {
  /// The same numbers as f64, where they are floating.
  var inDoublePrecision: Literal {
    guard dtype.isFloating, dtype != .f64 else { return self }
    if let value = splatValue {
      return Literal(splat: value.converted(to: .f64), sizes: sizes)
    }
    let bits = (0..<count).map { self[$0].converted(to: .f64).bits }
    return Literal(dtype: .f64, sizes: sizes, bits: bits)
  }
}

extension Attributes {
  fileprivate func inDoublePrecision() throws(TapeError) -> Attributes {
    var result = self
    for entry in entries {
      switch entry.value {
      case .dtype(let dtype): result[entry.key] = .dtype(dtype.inDoublePrecision)
      case .type(let type): result[entry.key] = .type(type.inDoublePrecision)
      case .literal(let literal): result[entry.key] = .literal(literal.inDoublePrecision)
      case .tape(let body):
        result[entry.key] = .tape(Body(try body.tape.inDoublePrecision()))
      case .boolean, .integer, .integers, .symbols, .dims, .dim, .word: break
      }
    }
    return result
  }
}
