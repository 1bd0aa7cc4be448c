import ScalarIR

extension Op {
  /// Known values: one value everywhere, or a nested list of exactly the type's shape.
  package static let constant: Op = Op(
    "constant", summary: "known values",
    kind: .source,
    constraints: [
      "C1 VALUE has the element type of :type.",
      "C2 VALUE is a scalar, or a nested list of exactly the shape of :type.",
    ],
    arity: .exactly(0),
    attributes: [
      AttributeSpec(.value, .literal, isPositional: true), AttributeSpec(.type, .type),
    ],
    infer: { (_, attributes) throws(ConstraintViolation) in
      guard let value = attributes.literal(.value), let type = attributes.type(.type) else {
        return []
      }
      if value.dtype != type.dtype {
        throw ConstraintViolation(
          "C1", "constant of type \(type) needs \(type.dtype) values, found \(value.dtype)")
      }
      if !value.sizes.isEmpty, value.shape != type.shape {
        throw ConstraintViolation(
          "C2",
          "constant of type \(type) needs a scalar or a list of that shape, "
            + "found one of shape \(value.shape)")
      }
      return [type]
    },
    family: { _, attributes in
      .source(.constant(attributes.literal(.value) ?? Literal(splat: .zero(.f32))))
    },
    gradient: .zero("a constant has no operands"))
}
