import ScalarIR
import TapeIR

// Diagonals and triangles of matrices: of the last two axes, the axes before them being a batch.
// `offset` counts diagonals from the main one, upwards where it is positive.

extension Tensor {
  /// The elements on a diagonal, along the last axis of the result: NumPy's diagonal.
  public func diagonal(offset: Int = 0) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try matrixType("diagonal")
      let (rows, columns) = (type.shape[type.rank - 2], type.shape[type.rank - 1])
      guard let m = rows.constant, let n = columns.constant else {
        throw .violation(
          "diagonal", [type], "C1", "diagonal of \(type) needs known sizes")
      }
      let (row, column) = (Swift.max(0, -offset), Swift.max(0, offset))
      let count = Swift.max(0, Swift.min(m - row, n - column))
      let batch = Array(type.shape.dims.dropLast(2))
      // In row-major order the elements of a diagonal are n + 1 apart.
      let flat = reshaped(toShape: Shape(batch + [rows * columns]))
      let start = row * n + column
      let limit = count == 0 ? start : start + (count - 1) * (n + 1) + 1
      if count == 0 { return flat.slice(batch.count, 0, 0) }
      let zeros = [Dim](repeating: 0, count: batch.count)
      return Tensor.apply(
        .slice, flat,
        attributes: [
          .start: .dims(zeros + [.constant(start)]), .limit: .dims(batch + [.constant(limit)]),
          .stride: .integers([Int](repeating: 1, count: batch.count) + [n + 1]),
        ])
    }
  }

  /// The matrices with this tensor's last axis on a diagonal and zeros elsewhere: NumPy's diag of a
  /// vector.
  public func diagonalMatrix(offset: Int = 0) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try tensorType
      guard type.rank >= 1, let count = type.shape[type.rank - 1].constant else {
        throw .violation(
          "diagonal", [type], "C1",
          "a diagonal matrix needs a last axis of known size, found \(type)")
      }
      let size = count + Swift.abs(offset)
      let batch = Array(type.shape.dims.dropLast())
      let square = Shape(batch + [.constant(size), .constant(size)])
      // Each element along its row; positions before or behind the vector hold zeros.
      let padding = Tensor(
        constant: .zero(type.dtype), Shape(batch + [.constant(Swift.abs(offset))]))
      let row = offset >= 0 ? [self, padding] : [padding, self]
      let column = offset == 0 ? self : row.concatenated(axis: -1)
      return try Tensor.select(
        onDiagonal: offset, size, size, column.expandingDims(at: -1).broadcast(toShape: square))
    }
  }

  /// The sum of the elements on a diagonal.
  public func trace(offset: Int = 0) -> Tensor { diagonal(offset: offset).sum(axis: -1) }

  /// The elements on and below a diagonal, and zeros above it: NumPy's tril.
  public func lowerTriangle(offset: Int = 0) -> Tensor {
    triangle { row, column in column .<= row + offset }
  }

  /// The elements on and above a diagonal, and zeros below it: NumPy's triu.
  public func upperTriangle(offset: Int = 0) -> Tensor {
    triangle { row, column in column .>= row + offset }
  }

  private func triangle(_ isKept: (Tensor, Tensor) -> Tensor) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try matrixType("triangle")
      let matrix = Shape(Array(type.shape.dims.suffix(2)))
      let mask = isKept(
        .iota(.i64, matrix, axis: 0), .iota(.i64, matrix, axis: 1))
      return TensorJIT.select(mask, self, Tensor(constant: .zero(type.dtype)))
    }
  }

  /// `values` on a diagonal, zeros elsewhere.
  private static func select(
    onDiagonal offset: Int, _ rows: Int, _ columns: Int, _ values: Tensor
  ) throws(TensorError) -> Tensor {
    let matrix = Shape([rows, columns])
    let mask = Tensor.iota(.i64, matrix, axis: 1) .== Tensor.iota(.i64, matrix, axis: 0) + offset
    return TensorJIT.select(mask, values, Tensor(constant: .zero(try values.tensorType.dtype)))
  }

  private func matrixType(_ op: String) throws(TensorError) -> TensorType {
    let type = try tensorType
    if type.rank < 2 {
      throw .violation(op, [type], "C1", "\(op) needs at least two axes, found \(type)")
    }
    return type
  }
}
