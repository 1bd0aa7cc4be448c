import ScalarIR

extension Op {
  /// Each element of x, or the bound beyond which it lies; the upper one where the bounds cross.
  package static let clamp: Op = Op(
    "clamp", summary: "elementwise x between two bounds: min(max(x, lo), hi)",
    kind: .elementwise,
    constraints: [
      "C1 lo, x and hi have number elements.",
      "C2 lo, x and hi have one element type and, after broadcasting, one shape, which is y's.",
      "C3 y has the element type of x.",
    ],
    arity: .exactly(3), broadcastsOperands: true,
    infer: { (types, _) throws(ConstraintViolation) in
      for type in types where !type.dtype.isNumber {
        throw ConstraintViolation("C1", "clamp needs a number operand, found \(type)")
      }
      try Op.checkSameType("clamp", types, constraint: "C2")
      return [types[0]]
    },
    family: { types, _ in
      let dtype = types[0].dtype
      return .elementwise(
        ScalarExpr([dtype, dtype, dtype]) { builder, inputs in
          let wide = inputs.map { builder.convert($0, to: dtype.computeType) }
          let raised = builder.binary(.maximum, wide[1], wide[0])
          return [builder.convert(builder.binary(.minimum, raised, wide[2]), to: dtype)]
        })
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil, nil, nil] }
      let (lo, x, hi) = (context.operands[0], context.operands[1], context.operands[2])
      let zero = try builder.splat(0, like: cotangent)
      // Strictly on one side each, so that no operand gets it at a tie.
      let isAbove = try builder.op(.gt, x, lo)
      let isBelow = try builder.op(.lt, x, hi)
      let isInside = try builder.op(.and, isAbove, isBelow)
      let isLow = try builder.op(.and, builder.op(.gt, lo, x), builder.op(.lt, lo, hi))
      let isHigh = try builder.op(.lt, hi, x)
      return [
        try builder.op(.select, isLow, cotangent, zero),
        try builder.op(.select, isInside, cotangent, zero),
        try builder.op(.select, isHigh, cotangent, zero),
      ]
    })
}
