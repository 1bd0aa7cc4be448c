import ScalarIR

extension Op {
  /// A routine on matrices, the last two axes of its one operand; the axes before them batch.
  ///
  /// - Parameter results: the last axes of each result, for so many rows and columns.
  static func matrixRoutine(
    _ routine: MatrixRoutine, summary: String, isSquare: Bool = false, constraints: [String],
    results: @escaping @Sendable (_ rows: Dim, _ columns: Dim) -> [[Dim]],
    gradient: @escaping GradientRule
  ) -> Op {
    Op(
      routine.name, summary: summary,
      kind: .linearAlgebra, constraints: matrixConstraints(isSquare: isSquare) + constraints,
      arity: .exactly(1),
      infer: { (types, _) throws(ConstraintViolation) in
        try checkMatrix(routine.name, types[0], isSquare: isSquare)
        let (rows, columns) = types[0].matrixSizes
        return results(rows, columns).map {
          TensorType(types[0].dtype, Shape(types[0].shape.dims.dropLast(2) + $0))
        }
      },
      family: { _, _ in .linearAlgebra(routine) },
      gradient: .rule(gradient))
  }

  private static func matrixConstraints(isSquare: Bool) -> [String] {
    isSquare
      ? ["C1 x has f32 or f64 elements.", "C2 x has two axes or more, the last two of one size."]
      : ["C1 x has f32 or f64 elements.", "C2 x has two axes or more."]
  }

  /// Checks that `type` is one of matrices (C1, C2).
  static func checkMatrix(
    _ name: String, _ type: TensorType, isSquare: Bool
  ) throws(ConstraintViolation) {
    guard type.dtype == .f32 || type.dtype == .f64 else {
      throw ConstraintViolation("C1", "\(name) needs f32 or f64 elements, found \(type)")
    }
    guard type.rank >= 2 else {
      throw ConstraintViolation("C2", "\(name) needs two axes or more, found \(type)")
    }
    let (rows, columns) = type.matrixSizes
    if isSquare, rows != columns {
      throw ConstraintViolation("C2", "\(name) needs square matrices, found \(type)")
    }
  }
}

extension TensorType {
  /// The sizes of the last two axes, which there are.
  var matrixSizes: (rows: Dim, columns: Dim) { (shape[rank - 2], shape[rank - 1]) }
}
