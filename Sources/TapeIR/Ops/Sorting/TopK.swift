import ScalarIR

extension Op {
  /// The greatest elements along the last axis, greatest first, and where they are.
  package static let topK: Op = Op(
    "top-k", summary: "the k greatest along the last axis and their positions; nan greatest",
    kind: .sorting,
    constraints: [
      "C1 x has an axis, and at most 2^31 − 1 elements along the last one.",
      "C2 :k is in 0 ... the size of the last axis.",
      "C3 values have x's type with size :k along the last axis; positions have its shape in i32.",
    ],
    arity: .exactly(1), attributes: [AttributeSpec(.k, .integer)],
    infer: { (types, attributes) throws(ConstraintViolation) in
      let (type, k) = (types[0], attributes.integer(.k))
      guard let size = type.shape.dims.last, size.constant ?? 0 <= Int(Int32.max) else {
        throw ConstraintViolation(
          "C1", "top-k needs an axis of at most 2^31 − 1 elements, found \(type)")
      }
      if k < 0 || Dim.constant(k).isKnownToExceed(size) {
        throw ConstraintViolation(
          "C2", "top-k of \(type) needs :k in 0 ... \(size.text), found \(k)")
      }
      var shape = type.shape
      shape[type.rank - 1] = .constant(k)
      return [TensorType(type.dtype, shape), TensorType(.i32, shape)]
    },
    family: { types, attributes in
      .sorting(
        Sorting(
          axis: types[0].rank - 1, keyCount: 1, isDescending: true,
          count: .constant(attributes.integer(.k)), yieldsPositions: true))
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let shape = builder.shape(of: context.operands[0])
      return [
        try builder.spreadAlong(
          shape.rank - 1, cotangent, at: context.results[1], to: shape)
      ]
    })
}
