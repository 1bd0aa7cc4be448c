import ScalarIR

extension Op {
  /// The same elements in row-major order under another shape.
  package static let reshape: Op = Op(
    "reshape", summary: "the same elements in row-major order, in another shape",
    kind: .movement,
    constraints: ["C1 x has as many elements as :shape.", "C2 shape(y) = :shape."],
    arity: .exactly(1), attributes: [AttributeSpec(.shape, .dims)],
    infer: { (types, attributes) throws(ConstraintViolation) in
      let shape = Shape(attributes.dims(.shape))
      if shape.elementCount != types[0].shape.elementCount {
        throw ConstraintViolation(
          "C1", "reshape needs as many elements as before, found \(types[0]) to \(shape)")
      }
      return [TensorType(types[0].dtype, shape)]
    },
    family: { _, _ in .movement(.reinterpreted) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      return [try builder.reshape(cotangent, to: builder.shape(of: context.operands[0]))]
    })
}
