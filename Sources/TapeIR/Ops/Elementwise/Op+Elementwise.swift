import ScalarIR

/// The element types that an operand may have.
package enum OperandClass: String, Sendable {
  case floating = "floating"
  case number = "number"
  case integer = "integer"
  case integerOrBool = "integer or bool"
  case any = "any"

  package func contains(_ dtype: DType) -> Bool {
    switch self {
    case .floating: dtype.isFloating
    case .number: dtype.isNumber
    case .integer: dtype.isInteger
    case .integerOrBool: !dtype.isFloating
    case .any: true
    }
  }

  /// As in "needs … operand".
  fileprivate var phrase: String {
    switch self {
    case .floating: "a floating operand"
    case .number: "a number operand"
    case .integer: "an integer operand"
    case .integerOrBool: "an integer or bool operand"
    case .any: "an operand"
    }
  }

  /// The constraint on the element type, after "x has" or the like.
  package func constraint(_ number: String, _ subject: String) -> String {
    switch self {
    case .floating, .number, .integer, .integerOrBool: "\(number) \(subject) \(rawValue) elements."
    case .any: "\(number) \(subject) elements of any type."
    }
  }
}

extension Op {
  /// The scalar meaning of an op: the result's element from the operands' elements.
  package typealias ScalarMeaning =
    @Sendable (inout ScalarExprBuilder, [ScalarExpr.Value]) -> ScalarExpr.Value

  /// An elementwise op on operands of one type.
  ///
  /// `meaning` is given elements of the compute type (`f32` for `f16` and `bf16`) and yields one of
  /// that type, which is rounded once to the operands' type, or a `bool`.
  ///
  /// - Parameters:
  ///   - operand: the element types that it takes (C1).
  ///   - yieldsBool: whether the result's element type is `bool` instead of the operands'.
  package static func elementwise(
    _ name: String, summary: String, operands count: Int, of operand: OperandClass,
    yieldsBool: Bool = false, meaning: @escaping ScalarMeaning, gradient: Gradient
  ) -> Op {
    Op(
      name, summary: summary,
      kind: .elementwise,
      constraints: count == 1
        ? [
          operand.constraint("C1", "x has"),
          yieldsBool ? "C2 y has bool elements and the shape of x." : "C2 type(y) = type(x).",
        ]
        : [
          operand.constraint("C1", "a and b have"),
          "C2 a and b have one element type and, after broadcasting, one shape, which is y's.",
          yieldsBool ? "C3 y has bool elements." : "C3 y has the element type of a and b.",
        ],
      arity: .exactly(count), broadcastsOperands: count > 1,
      infer: { (types, _) throws(ConstraintViolation) in
        for type in types where !operand.contains(type.dtype) {
          throw ConstraintViolation("C1", "\(name) needs \(operand.phrase), found \(type)")
        }
        try Op.checkSameType(name, types, constraint: "C2")
        return [TensorType(yieldsBool ? .bool : types[0].dtype, types[0].shape)]
      },
      family: { types, _ in
        let dtype = types[0].dtype
        return .elementwise(
          ScalarExpr([DType](repeating: dtype, count: count)) { builder, inputs in
            let wide = inputs.map { builder.convert($0, to: dtype.computeType) }
            let result = meaning(&builder, wide)
            return [yieldsBool ? result : builder.convert(result, to: dtype)]
          })
      },
      gradient: gradient)
  }

  /// Checks that all operands of an elementwise op have one type.
  package static func checkSameType(
    _ name: String, _ types: [TensorType], constraint: String
  ) throws(ConstraintViolation) {
    for type in types.dropFirst() {
      if type.dtype != types[0].dtype {
        throw ConstraintViolation(
          constraint,
          "\(name) needs operands of one element type, found \(types[0]) and \(type)")
      }
      if type.shape != types[0].shape {
        throw ConstraintViolation(
          constraint, "\(name) needs operands of one shape, found \(types[0]) and \(type)")
      }
    }
  }
}
