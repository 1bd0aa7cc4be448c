import ScalarIR

extension Op {
  /// A body again and again, as long as a condition on what it gave holds.
  package static let whileLoop = Op(
    "while", summary: ":body applied to its own results while :cond holds for them",
    kind: .control,
    constraints: [
      "C1 :cond and :body take operands of the types of s….",
      "C2 :cond gives one bool[].",
      "C3 :body gives results of the types of s…, which are those of y….",
    ],
    arity: .atLeast(1),
    attributes: [AttributeSpec(.cond, .tape), AttributeSpec(.body, .tape)],
    literalRule: { number, _, attributes in attributes.body(.body)?.literalType(number) },
    infer: { (types, attributes) throws(ConstraintViolation) in
      let condition = try requiredBody("while", .cond, attributes)
      let body = try requiredBody("while", .body, attributes)
      try checkParameters("while", .cond, condition, types, constraint: "C1")
      try checkParameters("while", .body, body, types, constraint: "C1")
      try checkResults(
        "while", .cond, condition, [TensorType(.bool, .scalar)], constraint: "C2")
      try checkResults("while", .body, body, types, constraint: "C3")
      return types
    },
    family: { _, attributes in
      guard let condition = attributes.body(.cond), let body = attributes.body(.body) else {
        return controlFamily(nil)
      }
      return controlFamily(.whileLoop(condition: condition, body: body))
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let condition = context.attributes.body(.cond),
        let body = context.attributes.body(.body)
      else { return context.operands.map { _ in nil } }
      let trips = TripCount(condition, body, context.operands, in: builder.tape)
      guard let count = trips.count else {
        throw .gradient(
          "the gradient of while needs a number of iterations that is known before it runs: a "
            + "counter that starts at a constant, grows by a constant, and is compared with a "
            + "constant; scan has a gradient in any case", provenance: builder.provenance)
      }
      let scan = Scan(
        body: body, length: .constant(count), carryCount: body.tape.parameters.count,
        isReversed: false)
      return try scan.gradient(&builder, context)
    })
}

/// How often a loop's body is carried out, where a counter tells.
///
/// The counter is a carry that starts at an integer constant, to which each iteration adds another;
/// the condition compares it with a third. The constants may stand in the bodies, or be carries that
/// the body passes on and that are constants outside.
private struct TripCount {
  private let condition: Body
  private let body: Body
  private let operands: [Value]
  private let outer: Tape

  init(_ condition: Body, _ body: Body, _ operands: [Value], in outer: Tape) {
    self.condition = condition
    self.body = body
    self.operands = operands
    self.outer = outer
  }

  var count: Int? {
    let tape = condition.tape
    guard let number = tape.producer(of: tape.results[0].value) else { return nil }
    let test = tape.nodes[number]
    guard test.operands.count == 2 else { return nil }
    for (side, other) in [(0, 1), (1, 0)] {
      guard
        let counter = tape.parameters.firstIndex(of: test.operands[side]),
        let limit = constant(test.operands[other], in: condition),
        let start = constant(operands[counter], in: outer), let step = step(of: counter)
      else { continue }
      return TripCount.trips(test.op, isSwapped: side == 1, from: start, by: step, to: limit)
    }
    return nil
  }

  /// What each iteration adds to a carry.
  private func step(of counter: Int) -> Int? {
    let tape = body.tape
    guard let number = tape.producer(of: tape.results[counter].value) else { return nil }
    let node = tape.nodes[number]
    let parameter = tape.parameters[counter]
    if node.op == .add, node.operands[0] == parameter {
      return constant(node.operands[1], in: body)
    }
    if node.op == .add, node.operands[1] == parameter {
      return constant(node.operands[0], in: body)
    }
    if node.op == .sub, node.operands[0] == parameter {
      return constant(node.operands[1], in: body).map { -$0 }
    }
    return nil
  }

  /// A value of a body that is an integer constant in every iteration.
  private func constant(_ value: Value, in body: Body) -> Int? {
    if let parameter = body.tape.parameters.firstIndex(of: value) {
      return self.body.passesThrough(parameter) ? constant(operands[parameter], in: outer) : nil
    }
    return constant(value, in: body.tape)
  }

  private func constant(_ value: Value, in tape: Tape) -> Int? {
    guard let number = tape.producer(of: value),
      let literal = tape.nodes[number].attributes.literal(.value),
      tape.type(of: value).shape == .scalar, !literal.dtype.isFloating
    else { return nil }
    return literal.splatValue?.exactInteger
  }

  private static func trips(
    _ comparison: Op, isSwapped: Bool, from start: Int, by step: Int, to limit: Int
  ) -> Int? {
    // As a distance to go, in steps: start + n · step < limit.
    let distance: Int
    let stride: Int
    let isUpwards: Bool
    let includesLimit: Bool
    switch (comparison, isSwapped) {
    case (.lt, false), (.gt, true): (isUpwards, includesLimit) = (true, false)
    case (.le, false), (.ge, true): (isUpwards, includesLimit) = (true, true)
    case (.gt, false), (.lt, true): (isUpwards, includesLimit) = (false, false)
    case (.ge, false), (.le, true): (isUpwards, includesLimit) = (false, true)
    case _: return nil
    }
    let bound = 1 << 40
    guard start.magnitude < bound, limit.magnitude < bound, step.magnitude < bound else {
      return nil
    }
    stride = isUpwards ? step : -step
    distance = (isUpwards ? limit - start : start - limit) + (includesLimit ? 1 : 0)
    if distance <= 0 { return 0 }
    return stride > 0 ? (distance + stride - 1) / stride : nil
  }
}
