import ScalarIR

extension Dim {
  /// The symbol that the size is, where it is nothing else.
  package var bareSymbol: String? {
    guard case .expression(let expression) = self, expression.terms.count == 1,
      expression.terms[0].coefficient == 1, expression.terms[0].factors.count == 1,
      case .symbol(let name) = expression.terms[0].factors[0]
    else { return nil }
    return name
  }
}

extension Attributes {
  /// The symbols in sizes and types.
  package var symbols: Set<String> {
    entries.reduce(into: []) { symbols, entry in
      switch entry.value {
      case .dims(let dims): for dim in dims { symbols.formUnion(dim.symbols) }
      case .type(let type): symbols.formUnion(type.shape.symbols)
      case .dim(let dim): symbols.formUnion(dim.symbols)
      case .tape(let body): symbols.formUnion(body.tape.allSymbols)
      case .boolean, .integer, .integers, .symbols, .dtype, .literal, .word: break
      }
    }
  }
}

extension Tape {
  /// The symbolic sizes anywhere in the tape.
  package var allSymbols: Set<String> {
    var symbols: Set<String> = []
    for type in types where type.shape.isSymbolic { symbols.formUnion(type.shape.symbols) }
    for node in nodes where !node.attributes.entries.isEmpty {
      symbols.formUnion(node.attributes.symbols)
    }
    return symbols
  }

  /// The values of the symbolic sizes for inputs of the given sizes: each symbol that of the first
  /// parameter axis that is the bare symbol.
  ///
  /// - Throws: `TapeError.data` where ranks or sizes do not agree with the parameters' types, or
  ///   where no input fixes a symbol of the tape.
  package func symbolValues(inputSizes: [[Int]]) throws(TapeError) -> [String: Int] {
    let list = parameterList
    guard inputSizes.count == list.count else {
      throw .data("\(name) takes \(list.count) inputs, found \(inputSizes.count)")
    }
    var values: [String: Int] = [:]
    for (sizes, parameter) in zip(inputSizes, list) {
      guard sizes.count == parameter.type.rank else {
        throw .data(
          "\(parameter.name) has the type \(parameter.type), found an input of shape "
            + "\(Shape(sizes))")
      }
      for (size, dim) in zip(sizes, parameter.type.shape.dims) {
        if let symbol = dim.bareSymbol, values[symbol] == nil { values[symbol] = size }
      }
    }
    let replacements = values.mapValues { Dim.constant($0) }
    for (sizes, parameter) in zip(inputSizes, list) {
      for (axis, size) in sizes.enumerated() {
        let dim = parameter.type.shape[axis]
        let expected = dim.substituting(replacements)
        if let symbol = expected.symbols.min() { throw Tape.unfixed(symbol) }
        guard expected == .constant(size) else {
          let meaning = dim.isSymbolic ? " (\(dim))" : ""
          throw .data(
            "\(parameter.name) has size \(expected)\(meaning) along axis \(axis), "
              + "found an input of size \(size)")
        }
      }
    }
    if let symbol = allSymbols.subtracting(values.keys).min() { throw Tape.unfixed(symbol) }
    return values
  }

  private static func unfixed(_ symbol: String) -> TapeError {
    .data("no input fixes the size \(symbol)")
  }

  /// The tape for the sizes of the given inputs, which have been checked against its parameters.
  ///
  /// - Throws: `TapeError.data` where inputs do not fit the parameters, `TapeError.constraint` where a
  ///   constraint does not hold for their sizes.
  package func specialized(for inputs: [Literal]) throws(TapeError) -> Tape {
    let sizes = try symbolValues(inputSizes: inputs.map(\.sizes))
    for (input, parameter) in zip(inputs, parameterList)
    where input.dtype != parameter.type.dtype {
      throw .data(
        "\(parameter.name) has the type \(parameter.type), found an input of \(input.dtype)")
    }
    return sizes.isEmpty ? self : try specialized(sizes)
  }

  /// The tape with numbers for symbolic sizes, in types and attributes; types are inferred anew.
  ///
  /// - Throws: `TapeError.constraint` where a constraint does not hold for these sizes.
  package func specialized(_ sizes: [String: Int]) throws(TapeError) -> Tape {
    try substituting(sizes.mapValues { Dim.constant($0) })
  }

  /// The tape with sizes for symbols, in types, attributes and bodies; types are inferred anew.
  ///
  /// - Throws: `TapeError.constraint` where a constraint does not hold for these sizes.
  func substituting(_ replacements: [String: Dim]) throws(TapeError) -> Tape {
    var builder = TapeBuilder(name: name)
    var arguments: [Value] = []
    for parameter in parameterList {
      arguments.append(
        builder.parameter(parameter.name, parameter.type.substituting(replacements)))
    }
    let values = try builder.copy(self, arguments, replacements)
    for (name, value) in zip(names, values) {
      if let name { builder.suggestName(name, for: value) }
    }
    return builder.finish(
      results.map { Result(name: $0.name, value: values[$0.value.index]) })
  }
}
