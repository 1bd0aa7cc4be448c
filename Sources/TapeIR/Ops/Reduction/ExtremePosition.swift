import ScalarIR

extension Op {
  /// The position along `:axis` of the element that comes before all others: a NaN, else by the
  /// comparison `precedes`, else by its position.
  ///
  /// - Parameter identity: the value that no other of a type comes after.
  static func extremePosition(
    _ name: String, summary: String, identity: @escaping @Sendable (DType) -> ScalarValue,
    precedes: ScalarOp.Comparison
  ) -> Op {
    Op(
      name, summary: summary,
      kind: .reduction,
      constraints: [
        OperandClass.number.constraint("C1", "x has"),
        "C2 :axis is an axis of x.",
        "C3 x has 1 ..< 2^31 elements along :axis.",
        "C4 y is i32 and has x's shape without :axis.",
      ],
      arity: .exactly(1), attributes: [AttributeSpec(.axis, .integer)],
      infer: { (types, attributes) throws(ConstraintViolation) in
        let (type, axis) = (types[0], attributes.integer(.axis))
        if !type.dtype.isNumber {
          throw ConstraintViolation("C1", "\(name) needs number elements, found \(type)")
        }
        try checkAxis(name, axis, of: type, constraint: "C2")
        if let size = type.shape[axis].constant, !(1...Int(Int32.max)).contains(size) {
          throw ConstraintViolation(
            "C3", "\(name) needs 1 ..< 2^31 elements along axis \(axis), found \(type)")
        }
        return [
          TensorType(.i32, reducedShape(type.shape, axes: [axis], keepsAxes: false))
        ]
      },
      family: { types, attributes in
        .reduction(
          Reduction(
            monoid: extremePositionMonoid(
              name, types[0].dtype, identity: identity(types[0].dtype.computeType),
              precedes: precedes), axes: [attributes.integer(.axis)],
            keepsAxes: false))
      },
      gradient: .zero("a position is an integer"))
  }

  /// The state is a value and its position. Lanes hold elements that do not follow each other, so
  /// the earlier of equals is found by position; the neutral state comes after all of them.
  private static func extremePositionMonoid(
    _ name: String, _ dtype: DType, identity: ScalarValue, precedes: ScalarOp.Comparison
  ) -> Monoid {
    let wide = dtype.computeType
    return Monoid(
      name: name,
      identity: [identity, .highest(.i64)],
      lift: ScalarExpr([dtype, .i64]) { builder, inputs in
        [builder.convert(inputs[0], to: wide), inputs[1]]
      },
      combine: ScalarExpr([wide, .i64, wide, .i64]) { builder, inputs in
        let (a, b) = (inputs[0], inputs[2])
        let isNaN = [a, b].map { builder.compare(.ne, $0, $0) }
        let comesBefore = builder.binary(
          .and, builder.compare(precedes, a, b), builder.unary(.not, isNaN[1]))
        let isOnlyNaN = builder.binary(.and, isNaN[0], builder.unary(.not, isNaN[1]))
        let isEqual = builder.binary(
          .or, builder.compare(.eq, a, b), builder.binary(.and, isNaN[0], isNaN[1]))
        let isFirstOfEquals = builder.binary(
          .and, isEqual, builder.compare(.lt, inputs[1], inputs[3]))
        let takesFirst = builder.binary(
          .or, builder.binary(.or, comesBefore, isOnlyNaN), isFirstOfEquals)
        return [
          builder.select(takesFirst, a, b), builder.select(takesFirst, inputs[1], inputs[3]),
        ]
      },
      finish: ScalarExpr([wide, .i64]) { builder, inputs in [builder.convert(inputs[1], to: .i32)]
      },
      empty: .zero(.i32))
  }
}
