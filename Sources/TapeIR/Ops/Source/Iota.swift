import ScalarIR

extension Op {
  /// The coordinate of each element along `:axis`.
  package static let iota: Op = Op(
    "iota", summary: "each element's coordinate along an axis",
    kind: .source,
    constraints: [
      "C1 the element type of :type is a number type.",
      "C2 :axis is an axis of :type.",
      "C3 type(y) = :type; coordinates wrap or round as convert does.",
    ],
    arity: .exactly(0),
    attributes: [AttributeSpec(.type, .type), AttributeSpec(.axis, .integer)],
    infer: { (_, attributes) throws(ConstraintViolation) in
      guard let type = attributes.type(.type) else { return [] }
      if !type.dtype.isNumber {
        throw ConstraintViolation("C1", "iota needs a number type, found \(type)")
      }
      try checkAxis("iota", attributes.integer(.axis), of: type, constraint: "C2")
      return [type]
    },
    family: { _, attributes in .source(.iota(axis: attributes.integer(.axis))) },
    gradient: .zero("iota has no operands"))
}
