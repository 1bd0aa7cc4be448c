import ScalarIR

extension Op {
  /// Sums of products over paired axes of two operands; the result's axes are the batch axes, the
  /// free axes of a, the free axes of b.
  package static let dot: Op = Op(
    "dot", summary: "sums of products over axes of two operands",
    kind: .contraction,
    constraints: [
      "C1 a and b have one element type.",
      "C2 :lhs-batch and :lhs-contract are distinct axes of a, :rhs-batch and :rhs-contract of b.",
      "C3 the lists of a pair up with the lists of b, and paired axes have one size.",
      "C4 y has their element type and the shape batch, free axes of a, free axes of b.",
    ],
    arity: .exactly(2),
    attributes: [
      AttributeSpec(.lhsBatch, .integers, isRequired: false),
      AttributeSpec(.rhsBatch, .integers, isRequired: false),
      AttributeSpec(.lhsContract, .integers), AttributeSpec(.rhsContract, .integers),
    ],
    infer: { (types, attributes) throws(ConstraintViolation) in
      let (a, b) = (types[0], types[1])
      if a.dtype != b.dtype {
        throw ConstraintViolation("C1", "dot needs one element type, found \(a) and \(b)")
      }
      let numbers = contraction(attributes)
      for (axes, type) in [
        (numbers.lhsBatch + numbers.lhsContract, a), (numbers.rhsBatch + numbers.rhsContract, b),
      ] where Set(axes).count != axes.count || !axes.allSatisfy(type.shape.dims.indices.contains) {
        throw ConstraintViolation(
          "C2", "dot needs distinct axes in 0 ..< \(type.rank) of \(type), found \(axes)")
      }
      for (left, right, kind) in [
        (numbers.lhsBatch, numbers.rhsBatch, "batch"),
        (numbers.lhsContract, numbers.rhsContract, "contracted"),
      ] {
        if left.count != right.count {
          throw ConstraintViolation(
            "C3", "dot needs as many \(kind) axes of a as of b, found \(left) and \(right)")
        }
        for (x, y) in zip(left, right) where a.shape[x] != b.shape[y] {
          throw ConstraintViolation(
            "C3",
            "dot needs \(kind) axes of one size, found axis \(x) of \(a) "
              + "and axis \(y) of \(b)")
        }
      }
      let dims =
        numbers.lhsBatch.map { a.shape[$0] } + numbers.lhsFree(rank: a.rank).map { a.shape[$0] }
        + numbers.rhsFree(rank: b.rank).map { b.shape[$0] }
      return [TensorType(a.dtype, Shape(dims))]
    },
    family: { _, attributes in .contraction(contraction(attributes)) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil, nil] }
      let (a, b) = (context.operands[0], context.operands[1])
      let numbers = contraction(context.attributes)
      let batch = Array(numbers.lhsBatch.indices)
      let freeA = numbers.lhsFree(rank: builder.shape(of: a).rank)
      let freeB = numbers.rhsFree(rank: builder.shape(of: b).rank)
      let resultFreeA = freeA.indices.map { batch.count + $0 }
      let resultFreeB = freeB.indices.map { batch.count + freeA.count + $0 }
      var cotangents: [Value?] = [nil, nil]
      if context.isWanted[0] {
        // Axes come out as batch, free axes of a, then b's contracted axes in b's order.
        let product = try builder.contract(
          cotangent, b,
          Contraction(
            lhsBatch: batch, rhsBatch: numbers.rhsBatch, lhsContract: resultFreeB,
            rhsContract: freeB))
        let contracted = zip(numbers.lhsContract, numbers.rhsContract).sorted { $0.1 < $1.1 }
        cotangents[0] = try builder.transpose(
          product, axesOf: numbers.lhsBatch + freeA + contracted.map(\.0))
      }
      if context.isWanted[1] {
        let product = try builder.contract(
          cotangent, a,
          Contraction(
            lhsBatch: batch, rhsBatch: numbers.lhsBatch, lhsContract: resultFreeA,
            rhsContract: freeA))
        let contracted = zip(numbers.lhsContract, numbers.rhsContract).sorted { $0.0 < $1.0 }
        cotangents[1] = try builder.transpose(
          product, axesOf: numbers.rhsBatch + freeB + contracted.map(\.1))
      }
      return cotangents
    })

  private static func contraction(_ attributes: Attributes) -> Contraction {
    Contraction(
      lhsBatch: attributes.integers(.lhsBatch), rhsBatch: attributes.integers(.rhsBatch),
      lhsContract: attributes.integers(.lhsContract),
      rhsContract: attributes.integers(.rhsContract))
  }
}

extension TapeBuilder {
  /// The product of two values by dimension numbers.
  package mutating func contract(
    _ a: Value, _ b: Value, _ numbers: Contraction
  ) throws(TapeError) -> Value {
    var attributes: Attributes = [
      .lhsContract: .integers(numbers.lhsContract), .rhsContract: .integers(numbers.rhsContract),
    ]
    if !numbers.lhsBatch.isEmpty {
      attributes[.lhsBatch] = .integers(numbers.lhsBatch)
      attributes[.rhsBatch] = .integers(numbers.rhsBatch)
    }
    return try apply(.dot, [a, b], attributes)[0]
  }

  /// `value`, whose axis i is to become axis `axes[i]`.
  fileprivate mutating func transpose(
    _ value: Value, axesOf axes: [Int]
  ) throws(TapeError) -> Value {
    try transpose(value, axes: axes.indices.compactMap { axes.firstIndex(of: $0) })
  }
}
