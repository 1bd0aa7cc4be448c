import ScalarIR

extension TapeBuilder {
  /// The cotangent if there is one, else zeros of the given type.
  package mutating func orZeros(
    _ cotangent: Value?, of type: TensorType
  ) throws(TapeError) -> Value {
    if let cotangent { return cotangent }
    return try splat(.zero(type.dtype), type.shape)
  }
}

extension Body {
  /// The body that takes this one's operands and then cotangents of its results, and gives cotangents
  /// of its operands, zeros where there is no dependence.
  ///
  /// - Parameters:
  ///   - seeded: the results whose cotangents it takes.
  ///   - wanted: the operands whose cotangents it gives.
  func pullback(
    seeded: [Int], wanted: [Int], _ differentiate: VectorJacobianProduct
  ) throws(TapeError) -> Body {
    var builder = TapeBuilder(name: tape.name + "-grad")
    let operands = builder.parameters("a", parameterTypes)
    let cotangents = builder.parameters("g", seeded.map { resultTypes[$0] })
    let values = try builder.copy(tape, operands, [:])
    let (extended, gradients) = try differentiate(
      builder.finish([]), seeded.map { values[tape.results[$0].value.index] }, cotangents,
      wanted.map { operands[$0] })
    var finished = TapeBuilder(extending: extended)
    var results: [Value] = []
    for (operand, gradient) in zip(wanted, gradients) {
      results.append(try finished.orZeros(gradient, of: parameterTypes[operand]))
    }
    return finished.body(results)
  }

  /// For each parameter whether a result depends on it.
  var usesParameter: [Bool] {
    var isNeeded = [Bool](repeating: false, count: tape.types.count)
    for result in tape.results { isNeeded[result.value.index] = true }
    for node in tape.nodes.reversed()
    where node.results.contains(where: { isNeeded[$0.index] }) {
      for operand in node.operands { isNeeded[operand.index] = true }
    }
    return tape.parameters.map { isNeeded[$0.index] }
  }
}
