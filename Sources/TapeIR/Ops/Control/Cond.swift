import ScalarIR

extension Op {
  /// One of two bodies, of which only the chosen one is carried out.
  package static let cond = Op(
    "cond", summary: "the results of :then where the predicate holds, else those of :else",
    kind: .control,
    constraints: [
      "C1 p is bool[].",
      "C2 :then and :else take operands of the types of a….",
      "C3 :then and :else give results of the same types, which are those of y….",
    ],
    arity: .atLeast(1),
    attributes: [AttributeSpec(.then, .tape), AttributeSpec(.otherwise, .tape)],
    literalRule: { number, _, attributes in
      number == 0 ? .bool : attributes.body(.then)?.literalType(number - 1)
    },
    infer: { (types, attributes) throws(ConstraintViolation) in
      if types[0] != TensorType(.bool, .scalar) {
        throw ConstraintViolation("C1", "cond needs a predicate of type bool[], found \(types[0])")
      }
      let then = try requiredBody("cond", .then, attributes)
      let otherwise = try requiredBody("cond", .otherwise, attributes)
      let operands = Array(types.dropFirst())
      try checkParameters("cond", .then, then, operands, constraint: "C2")
      try checkParameters("cond", .otherwise, otherwise, operands, constraint: "C2")
      try checkResults("cond", .otherwise, otherwise, then.resultTypes, constraint: "C3")
      return then.resultTypes
    },
    family: { _, attributes in
      guard let then = attributes.body(.then), let otherwise = attributes.body(.otherwise) else {
        return controlFamily(nil)
      }
      return controlFamily(.cond(then: then, otherwise: otherwise))
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      try condGradient(&builder, context)
    })

  /// The cotangents come from another choice, between the two bodies' derivatives.
  private static func condGradient(
    _ builder: inout TapeBuilder, _ context: GradientContext
  ) throws(TapeError) -> [Value?] {
    guard let then = context.attributes.body(.then),
      let otherwise = context.attributes.body(.otherwise)
    else { return context.operands.map { _ in nil } }
    let seeded = context.cotangents.indices.filter { context.cotangents[$0] != nil }
    let wanted = context.operands.indices.dropFirst().filter { context.isWanted[$0] }
    func derivative(_ body: Body) throws(TapeError) -> Body {
      try body.pullback(seeded: seeded, wanted: wanted.map { $0 - 1 }, context.differentiate)
    }
    let cotangents = try builder.apply(
      .cond, context.operands + context.cotangents.compactMap { $0 },
      [
        .then: .tape(try derivative(then)), .otherwise: .tape(try derivative(otherwise)),
      ])
    var found = [Value?](repeating: nil, count: context.operands.count)
    for (operand, cotangent) in zip(wanted, cotangents) { found[operand] = cotangent }
    return found
  }
}
