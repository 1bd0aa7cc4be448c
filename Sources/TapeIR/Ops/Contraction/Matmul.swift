import ScalarIR

extension Sugar {
  /// The matrix product by NumPy's rule, as `dot` with the broadcasts that it needs.
  package static let matmul = Sugar(
    "matmul", summary: "matrix product by NumPy's rule; stands for dot",
    constraints: [
      "C1 a and b have at least one axis; where there is one, it is the contracted one.",
      "C2 a and b have one element type, which is y's.",
      "C3 the last axis of a has the size of the last but one (or only) axis of b.",
      "C4 the axes before the last two broadcast.",
    ],
    arity: .exactly(2),
    expansion: { (builder, operands, _) throws(TapeError) in
      [try builder.matmul(operands[0], operands[1])]
    })

  /// The shape that the leading axes of both operands broadcast to, all but the last two.
  fileprivate static func matmulBatch(
    _ a: TensorType, _ b: TensorType
  ) throws(ConstraintViolation) -> Shape {
    for type in [a, b] where type.rank == 0 {
      throw ConstraintViolation(
        "C1", "matmul needs operands with at least one axis, found \(a) and \(b)")
    }
    if a.dtype != b.dtype {
      throw ConstraintViolation(
        "C2", "matmul needs operands of one element type, found \(a) and \(b)")
    }
    if a.shape[a.rank - 1] != b.shape[max(0, b.rank - 2)] {
      throw ConstraintViolation(
        "C3",
        "matmul needs as many columns in a as rows in b, found \(a) and \(b)")
    }
    let (batchA, batchB) = (Shape(a.shape.dims.dropLast(2)), Shape(b.shape.dims.dropLast(2)))
    guard let batch = batchA.broadcast(with: batchB) else {
      throw ConstraintViolation(
        "C4", "matmul needs leading axes that broadcast, found \(a) and \(b)")
    }
    return batch
  }
}

extension TapeBuilder {
  /// The matrix product of two values by NumPy's rule.
  package mutating func matmul(_ a: Value, _ b: Value) throws(TapeError) -> Value {
    let batch: Shape
    do {
      batch = try Sugar.matmulBatch(type(of: a), type(of: b))
    } catch {
      throw violation("matmul", [a, b], error)
    }
    let (rankA, rankB) = (shape(of: a).rank, shape(of: b).rank)
    if rankB <= 2 || rankA == 1 {
      return try contract(
        a, b,
        Contraction(
          lhsBatch: [], rhsBatch: [], lhsContract: [rankA - 1], rhsContract: [max(0, rankB - 2)]))
    }
    let axes = Array(batch.dims.indices)
    return try contract(
      broadcast(a, to: Shape(batch.dims + shape(of: a).dims.suffix(2))),
      broadcast(b, to: Shape(batch.dims + shape(of: b).dims.suffix(2))),
      Contraction(
        lhsBatch: axes, rhsBatch: axes, lhsContract: [axes.count + 1], rhsContract: [axes.count]))
  }
}
