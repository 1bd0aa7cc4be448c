import SExpression
import ScalarIR

extension Elaborator {
  /// Inlines a tape, its symbolic sizes replaced by those of the arguments.
  mutating func call(
    _ tape: Tape, _ form: SExpression, _ elements: ArraySlice<SExpression>, literalType: DType?
  ) throws(SourceError) -> [Operand] {
    try checkArguments(elements, tape.parameters.count, of: tape.name, form)
    let operands = try operands(of: elements, in: form, literalType: literalType)
    let call = Call(tape.name, operands, nil)
    if let known = call.flatMap({ called[$0] }) { return known }
    try spend(tape.nodes.count, form)
    var values: [Value] = []
    for (operand, parameter) in zip(operands, tape.parameters) {
      switch operand {
      case .value(let value): values.append(value)
      case .literal(let literal):
        let type = tape.type(of: parameter)
        guard type.rank == 0 else {
          throw error(
            form, "a literal is no tensor", expected: type.description, found: literal.summary)
        }
        values.append(try constant(literal, type, in: form))
      }
    }
    do throws(TapeError) {
      let results = try builder.inline(tape, values).map { Operand.value($0) }
      if let call { called[call] = results }
      return results
    } catch {
      throw self.error(form, error)
    }
  }

  /// Elaborates a model's body with its parameters standing for the arguments.
  mutating func call(
    _ model: SourceFile.Model, _ form: SExpression, _ elements: ArraySlice<SExpression>,
    literalType: DType?
  ) throws(SourceError) -> [Operand] {
    try checkArguments(elements, model.parameters.count, of: model.name, form)
    let operands = try operands(of: elements, in: form, literalType: literalType)
    let call = Call(model.name, operands, literalType)
    if let known = call.flatMap({ called[$0] }) { return known }
    try spend(1, form)
    let outer = scope
    scope = Dictionary(uniqueKeysWithValues: zip(model.parameters, operands))
    defer { scope = outer }
    let results = try self.operands(of: model.body, in: form, literalType: literalType)
    if let call { called[call] = results }
    return results
  }

  /// Elaborates `(let [[NAME EXPR] …] EXPR)`, which macros expand to.
  mutating func bindLocally(
    _ form: SExpression, _ elements: [SExpression], literalType: DType?
  ) throws(SourceError) -> [Operand] {
    guard elements.count == 3, let bindings = elements[1].listElements else {
      throw error(
        form, "malformed let", expected: "(let [[NAME EXPR] …] EXPR)", found: form.summary)
    }
    var shadowed: [(name: String, operand: Operand?)] = []
    defer {
      for (name, operand) in shadowed.reversed() { scope[name] = operand }
    }
    for binding in bindings {
      guard let pair = binding.listElements, pair.count == 2 else {
        throw error(form, "malformed let", expected: "[NAME EXPR]", found: binding.summary)
      }
      let name = try Elaborator.name(pair[0], in: form, file: file)
      let value = try operand(of: pair[1], in: form, literalType: literalType)
      shadowed.append((name, scope.updateValue(value, forKey: name)))
    }
    return try operands(of: elements[2], in: form, literalType: literalType)
  }

  private func checkArguments(
    _ elements: ArraySlice<SExpression>, _ count: Int, of name: String, _ form: SExpression
  ) throws(SourceError) {
    if let keyword = elements.first(where: { $0.keyword != nil }) {
      throw error(form, "\(name) has no attributes", found: keyword.summary)
    }
    guard elements.count == count else {
      throw error(
        form, "\(name) takes \(count) operand\(count == 1 ? "" : "s")", expected: "\(count)",
        found: "\(elements.count)")
    }
  }

  /// Counts the nodes that calls copy.
  private mutating func spend(_ count: Int, _ form: SExpression) throws(SourceError) {
    expansion += count
    guard expansion <= expansionLimit else {
      throw error(
        form, "the calls of the tape expand to too much",
        expected: "at most \(expansionLimit) nodes")
    }
  }
}

extension Elaborator.Call {
  /// The call, unless a literal is among the operands.
  fileprivate init?(_ name: String, _ operands: [Elaborator.Operand], _ literalType: DType?) {
    var values: [Value] = []
    for operand in operands {
      guard case .value(let value) = operand else { return nil }
      values.append(value)
    }
    self.init(name: name, operands: values, literalType: literalType)
  }
}
