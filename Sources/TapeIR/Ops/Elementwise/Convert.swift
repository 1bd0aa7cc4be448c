import ScalarIR

extension Op {
  /// Each element in another type.
  package static let convert: Op = Op(
    "convert", summary: "elementwise conversion to another element type",
    kind: .elementwise,
    constraints: ["C1 shape(y) = shape(x), elements of y have the type :to."],
    arity: .exactly(1), attributes: [AttributeSpec(.to, .dtype)],
    infer: { types, attributes in
      [TensorType(attributes.dtype(.to) ?? types[0].dtype, types[0].shape)]
    },
    family: { types, attributes in
      .elementwise(
        ScalarExpr([types[0].dtype]) { builder, inputs in
          [builder.convert(inputs[0], to: attributes.dtype(.to) ?? types[0].dtype)]
        })
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      let source = builder.dtype(of: context.operands[0])
      let target = builder.dtype(of: context.results[0])
      guard let cotangent = context.cotangents[0], source.isFloating, target.isFloating else {
        return [nil]
      }
      return [try builder.convert(cotangent, to: source)]
    })
}
