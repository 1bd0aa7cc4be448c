import ScalarIR

extension Op {
  /// The element of a where p holds, else that of b.
  package static let select: Op = Op(
    "select", summary: "elementwise choice: a where p holds, else b",
    kind: .elementwise,
    constraints: [
      "C1 p is bool.",
      "C2 a and b have one element type, which is y's.",
      "C3 p, a and b have, after broadcasting, one shape, which is y's.",
    ],
    arity: .exactly(3), broadcastsOperands: true, literalTypes: [0: .bool],
    infer: { (types, _) throws(ConstraintViolation) in
      let (p, a, b) = (types[0], types[1], types[2])
      if p.dtype != .bool {
        throw ConstraintViolation("C1", "select needs a bool predicate, found \(p)")
      }
      if a.dtype != b.dtype {
        throw ConstraintViolation(
          "C2", "select needs branches of one element type, found \(a) and \(b)")
      }
      if p.shape != a.shape || a.shape != b.shape {
        throw ConstraintViolation(
          "C3", "select needs operands of one shape, found \(p), \(a) and \(b)")
      }
      return [a]
    },
    family: { types, _ in
      .elementwise(
        ScalarExpr(types.map(\.dtype)) { builder, inputs in
          [builder.select(inputs[0], inputs[1], inputs[2])]
        })
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil, nil, nil] }
      let predicate = context.operands[0]
      let zero = try builder.splat(0, like: cotangent)
      return [
        nil,
        context.isWanted[1] ? try builder.op(.select, predicate, cotangent, zero) : nil,
        context.isWanted[2] ? try builder.op(.select, predicate, zero, cotangent) : nil,
      ]
    })
}
