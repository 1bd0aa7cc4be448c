import SExpression
import ScalarIR

extension Elaborator {
  /// What an expression stands for: several operands only where it calls what has several results.
  ///
  /// - Parameters:
  ///   - form: the innermost form around the expression.
  ///   - written: the type that the expression's binding writes, where it is the whole expression.
  ///   - literalType: the element type of literals beside which nothing else stands.
  mutating func operands(
    of expression: SExpression, in form: SExpression, written: TensorType? = nil,
    literalType: DType? = nil
  ) throws(SourceError) -> [Operand] {
    switch expression.kind {
    case .integer, .float, .boolean: return [.literal(expression)]
    case .symbol(let name):
      guard let operand = scope[name] else { throw unknownName(name, in: form) }
      return [operand]
    case .form(let elements):
      depth += 1
      defer { depth -= 1 }
      guard depth <= SExpressionReader.nestingLimit else {
        throw error(
          expression, "expressions and the models in them nest too deep",
          expected: "at most \(SExpressionReader.nestingLimit) levels")
      }
      return try operands(
        of: expression, elements, written: written, literalType: literalType ?? written?.dtype)
    case .list where written != nil: return [.literal(expression)]
    case .list:
      throw error(
        form, "a list that is no operand", expected: "a name, a literal or a form",
        found: expression.summary)
    case .keyword, .string, .type:
      throw error(
        form, "no expression", expected: "a name, a literal or a form", found: expression.summary)
    }
  }

  private mutating func operands(
    of form: SExpression, _ elements: [SExpression], written: TensorType?, literalType: DType?
  ) throws(SourceError) -> [Operand] {
    guard let head = form.head else {
      throw error(form, "a form without an op", expected: "an op's name", found: form.summary)
    }
    if let op = OpTable.standard[head] {
      return try apply(op, form, elements.dropFirst(), written: written, literalType: literalType)
    }
    if let sugar = Sugar.named(head) {
      return try expand(sugar, form, elements.dropFirst(), literalType: literalType)
    }
    switch callables[head] {
    case .tape(let tape)?:
      return try call(tape, form, elements.dropFirst(), literalType: literalType)
    case .model(let model)?:
      return try call(model, form, elements.dropFirst(), literalType: literalType)
    case nil where head == "let": return try bindLocally(form, elements, literalType: literalType)
    case nil:
      throw error(
        form, "unknown op \(head)", expected: "an op, or an earlier tape or model", found: head)
    }
  }

  /// The only thing that an expression stands for.
  mutating func operand(
    of expression: SExpression, in form: SExpression, literalType: DType?
  ) throws(SourceError) -> Operand {
    let all = try operands(of: expression, in: form, literalType: literalType)
    guard all.count == 1 else {
      throw error(
        expression, "an operand is one value", expected: "one result", found: "\(all.count)")
    }
    return all[0]
  }

  mutating func operands(
    of expressions: ArraySlice<SExpression>, in form: SExpression, literalType: DType?
  ) throws(SourceError) -> [Operand] {
    var operands: [Operand] = []
    operands.reserveCapacity(expressions.count)
    for expression in expressions {
      operands.append(try operand(of: expression, in: form, literalType: literalType))
    }
    return operands
  }
}

// MARK: - Uses of ops

extension Elaborator {
  fileprivate mutating func apply(
    _ op: Op, _ form: SExpression, _ elements: ArraySlice<SExpression>, written: TensorType?,
    literalType: DType?
  ) throws(SourceError) -> [Operand] {
    let use = try split(elements, op.name, op.attributes, of: form, written: written)
    let operands = try operands(of: use.operands, in: form, literalType: literalType)
    mark(form, op.name)
    try check(use, op.name, operands.count, op.arity, op.attributes, of: form)
    let values = try values(
      of: operands, of: op, use.attributes, in: form, literalType: literalType)
    let results: [Value]
    do throws(TapeError) {
      results = try builder.apply(
        op, op.broadcastsOperands ? broadcast(values) : values, use.attributes)
    } catch {
      throw constraintError(form, op, values, use.attributes, error)
    }
    return results.map { .value($0) }
  }

  fileprivate mutating func expand(
    _ sugar: Sugar, _ form: SExpression, _ elements: ArraySlice<SExpression>, literalType: DType?
  ) throws(SourceError) -> [Operand] {
    let use = try split(elements, sugar.name, sugar.attributes, of: form, written: nil)
    let operands = try operands(of: use.operands, in: form, literalType: literalType)
    mark(form, sugar.name)
    try check(use, sugar.name, operands.count, sugar.arity, sugar.attributes, of: form)
    let values = try values(of: operands, of: nil, in: form, literalType: literalType)
    do throws(TapeError) {
      return try sugar.expand(&builder, values, use.attributes).map { .value($0) }
    } catch {
      throw self.error(form, error)
    }
  }

  /// Checks the number of operands and which attributes there are.
  private func check(
    _ use: Use, _ name: String, _ count: Int, _ arity: Op.Arity, _ specs: [AttributeSpec],
    of form: SExpression
  ) throws(SourceError) {
    do {
      try Op.checkUse(name, operands: count, arity, use.attributes, declared: specs)
    } catch {
      throw self.error(form, "\(error.constraint): \(error.message)")
    }
  }

  /// Gives the nodes that follow the place of a form.
  private mutating func mark(_ form: SExpression, _ origin: String) {
    builder.provenance = Provenance(
      location: Provenance.Location(
        file: file, line: form.position.line, column: form.position.column),
      origin: origin)
  }

  /// The values of an op's operands, with literals as constants of the types that their places ask
  /// for: the element type of the first operand that is no literal, or one of the op's own.
  private mutating func values(
    of operands: [Operand], of op: Op?, _ attributes: Attributes = .none, in form: SExpression,
    literalType: DType?
  ) throws(SourceError) -> [Value] {
    var dtypes = [DType?](repeating: nil, count: operands.count)
    var peer: DType?
    var shape: Shape?
    for (number, operand) in operands.enumerated() {
      guard case .value(let value) = operand else { continue }
      let type = builder.type(of: value)
      dtypes[number] = type.dtype
      if peer == nil, op?.literalTypes[number] == nil { peer = type.dtype }
      if op?.broadcastsOperands == true {
        shape = shape.map { $0.broadcast(with: type.shape) ?? $0 } ?? type.shape
      }
    }
    var values: [Value] = []
    values.reserveCapacity(operands.count)
    for (number, operand) in operands.enumerated() {
      switch operand {
      case .value(let value): values.append(value)
      case .literal(let literal):
        let told = op?.literalRule?(number, dtypes, attributes) ?? op?.literalTypes[number]
        guard let dtype = told ?? peer ?? literalType else {
          throw error(
            form, "a literal without a type",
            expected: "an operand that is no literal, or a type after the expression",
            found: literal.summary)
        }
        values.append(try constant(literal, TensorType(dtype, shape ?? .scalar), in: form))
      }
    }
    return values
  }

  /// The values, each broadcast to the shape of all by NumPy's rule; as they are where there is none.
  private mutating func broadcast(_ values: [Value]) throws(TapeError) -> [Value] {
    guard var shape = values.first.map(builder.shape(of:)) else { return values }
    for value in values.dropFirst() {
      guard let joint = shape.broadcast(with: builder.shape(of: value)) else { return values }
      shape = joint
    }
    var result: [Value] = []
    result.reserveCapacity(values.count)
    for value in values { result.append(try builder.broadcast(value, to: shape)) }
    return result
  }

  /// The error of a use, told in terms of the operands as they were before they were broadcast.
  private func constraintError(
    _ form: SExpression, _ op: Op, _ values: [Value], _ attributes: Attributes,
    _ tapeError: TapeError
  ) -> SourceError {
    do {
      _ = try op.checkedTypes(values.map(builder.type(of:)), attributes)
      return error(form, tapeError)
    } catch {
      return self.error(form, "\(error.constraint): \(error.message)")
    }
  }

  /// The value that a literal writes as a constant of a type.
  mutating func constant(
    _ literal: SExpression, _ type: TensorType, in form: SExpression
  ) throws(SourceError) -> Value {
    let value = try Literal(literal, as: type, in: form, file: file)
    do throws(TapeError) {
      return try builder.op(
        .constant, attributes: [.value: .literal(value), .type: .type(type)])
    } catch {
      throw self.error(form, error)
    }
  }
}
