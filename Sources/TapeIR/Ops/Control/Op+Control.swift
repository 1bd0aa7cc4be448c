import ScalarIR

extension Op {
  /// Checks that a body takes operands of the given types.
  static func checkParameters(
    _ name: String, _ key: AttributeKey, _ body: Body, _ types: [TensorType], constraint: String
  ) throws(ConstraintViolation) {
    if body.parameterTypes != types {
      throw ConstraintViolation(
        constraint,
        "\(name) needs a :\(key.rawValue) that takes (\(TensorType.list(types))), "
          + "found one that takes (\(TensorType.list(body.parameterTypes)))")
    }
  }

  /// Checks that a body gives results of the given types.
  static func checkResults(
    _ name: String, _ key: AttributeKey, _ body: Body, _ types: [TensorType], constraint: String
  ) throws(ConstraintViolation) {
    if body.resultTypes != types {
      throw ConstraintViolation(
        constraint,
        "\(name) needs a :\(key.rawValue) that gives (\(TensorType.list(types))), "
          + "found one that gives (\(TensorType.list(body.resultTypes)))")
    }
  }

  /// A body that must be there; what the table of attributes asks for has been checked.
  static func requiredBody(
    _ name: String, _ key: AttributeKey, _ attributes: Attributes
  ) throws(ConstraintViolation) -> Body {
    guard let body = attributes.body(key) else {
      throw ConstraintViolation("C0", "\(name) needs a tape as :\(key.rawValue)")
    }
    return body
  }

  /// A family rule for a use that fulfils the constraints; a use without its bodies does nothing.
  static func controlFamily(_ control: Control?) -> Family {
    .control(control ?? .cond(then: .empty, otherwise: .empty))
  }
}

extension Body {
  /// A body that takes and gives nothing.
  fileprivate static let empty = Body(Tape(name: "empty"))

  /// The element type of a literal as operand for the parameter of that number.
  func literalType(_ number: Int) -> DType? {
    guard tape.parameters.indices.contains(number) else { return nil }
    return tape.type(of: tape.parameters[number]).dtype
  }
}
