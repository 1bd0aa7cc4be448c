import ScalarIR

extension TapeBuilder {
  /// The results of a tape applied to values of this one, its nodes copied here.
  ///
  /// The tape's symbolic sizes become those of the arguments: each that of the first parameter axis
  /// that is the bare symbol; every other use must agree.
  ///
  /// - Throws: `TapeError.data` where the arguments do not fit the parameters, and
  ///   `TapeError.constraint` where a constraint does not hold for their sizes.
  package mutating func inline(
    _ tape: Tape, _ arguments: [Value]
  ) throws(TapeError) -> [Value] {
    let types = arguments.map(type(of:))
    var sizes: [String: Dim] = [:]
    for (type, parameter) in zip(types, tape.parameters) {
      for (dim, size) in zip(type.shape.dims, tape.type(of: parameter).shape.dims) {
        if let symbol = size.bareSymbol, sizes[symbol] == nil { sizes[symbol] = dim }
      }
    }
    let expected = tape.parameters.map { tape.type(of: $0).substituting(sizes) }
    guard expected == types else {
      throw .data(
        "\(tape.name) does not take these operands; expected \(TensorType.list(expected)), "
          + "found \(TensorType.list(types))")
    }
    if let symbol = tape.allSymbols.subtracting(sizes.keys).min() {
      throw .data("no operand of \(tape.name) says what the size \(symbol) is")
    }
    let values = try copy(tape, arguments, sizes)
    return tape.results.map { values[$0.value.index] }
  }

  /// What each value of a tape is here, its nodes copied with arguments for its parameters and sizes
  /// for its symbols; where there are any, types are inferred anew.
  mutating func copy(
    _ tape: Tape, _ arguments: [Value], _ sizes: [String: Dim]
  ) throws(TapeError) -> [Value] {
    var values = [Value](repeating: Value(index: 0), count: tape.types.count)
    for (parameter, argument) in zip(tape.parameters, arguments) {
      values[parameter.index] = argument
    }
    for node in tape.nodes {
      let operands = node.operands.map { values[$0.index] }
      let results: [Value]
      if sizes.isEmpty {
        results = copy(node, operands, types: node.results.map(tape.type(of:)))
      } else {
        results = try apply(
          node.op, operands, try node.attributes.substituting(sizes), provenance: node.provenance)
      }
      for (old, new) in zip(node.results, results) { values[old.index] = new }
    }
    return values
  }
}

extension TensorType {
  /// Types as messages list them.
  package static func list(_ types: [TensorType]) -> String {
    types.isEmpty ? "none" : types.map(\.description).joined(separator: ", ")
  }
}

extension TapeBuilder {
  /// The results of a body on values of its parameters' types; it may use the symbols of this tape.
  package mutating func inline(
    _ body: Body, _ arguments: [Value]
  ) throws(TapeError) -> [Value] {
    let values = try copy(body.tape, arguments, [:])
    return body.tape.results.map { values[$0.value.index] }
  }
}
