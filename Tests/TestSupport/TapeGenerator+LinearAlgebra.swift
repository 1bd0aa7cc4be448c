import ScalarIR
import TapeIR

extension TapeGenerator {
  /// The most rows and columns of a matrix: the reference algorithms take their time.
  private static let greatestMatrix = 8

  /// Adds a routine on the value's matrices, where they are small.
  mutating func addMatrixRoutine(_ op: Op, _ value: Value) throws(TapeError) {
    guard let (rows, columns) = matrixSizes(of: value) else { return }
    try add(op, [value], .none)
    guard rows != columns else { return }
    var square = builder.type(of: value)
    square.shape[square.rank - 2] = columns
    if fits(square.shape) { try add(op, [valueOf(square)], .none) }
  }

  mutating func addTriangularSolve(_ op: Op, _ value: Value) throws(TapeError) {
    guard let (rows, columns) = matrixSizes(of: value) else { return }
    var attributes = Attributes.none
    var isLeft = true
    for key in [AttributeKey.left, .lower, .transpose, .unitDiagonal] {
      guard random.chance(1, in: 2) else { continue }
      let flag = random.chance(1, in: 2)
      attributes[key] = .boolean(flag)
      if key == .left { isLeft = flag }
    }
    var system = builder.type(of: value)
    system.shape[system.rank - 2] = isLeft ? rows : columns
    system.shape[system.rank - 1] = isLeft ? rows : columns
    guard fits(system.shape) else { return }
    try add(op, [valueOf(system), value], attributes)
  }

  /// The sizes of the value's matrices, where it has some that are small, and of which the smaller size
  /// is known.
  private func matrixSizes(of value: Value) -> (rows: Dim, columns: Dim)? {
    let type = builder.type(of: value)
    guard type.dtype == .f32 || type.dtype == .f64, type.rank >= 2 else { return nil }
    let (rows, columns) = (type.shape[type.rank - 2], type.shape[type.rank - 1])
    let least = Dim.minimum(rows, columns)
    guard rows.constant ?? 0 <= Self.greatestMatrix, columns.constant ?? 0 <= Self.greatestMatrix,
      least == rows || least == columns
    else { return nil }
    return (rows, columns)
  }
}
