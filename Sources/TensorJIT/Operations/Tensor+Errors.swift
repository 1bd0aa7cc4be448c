import TapeIR

extension Tensor {
  /// The tensor that `body` makes, or one that carries the error that it throws.
  static func carryingError(_ body: () throws(TensorError) -> Tensor) -> Tensor {
    do { return try body() } catch { return Tensor(failure: error) }
  }
}

extension TensorError {
  /// The error for operands that break a constraint of an op.
  static func violation(
    _ op: String, _ operands: [TensorType], _ constraint: String, _ message: String
  ) -> TensorError {
    .invalidOperands(
      op: op, operands: operands.map(\.description), constraint: constraint, message: message,
      location: nil)
  }
}

extension TensorType {
  /// The axis that `axis` means to a user: negative ones count from the end.
  ///
  /// - Throws: where there is no such axis, in the name of `op`.
  func resolvedAxis(_ axis: Int, _ op: String) throws(TensorError) -> Int {
    guard (-rank..<rank).contains(axis) else {
      throw .violation(
        op, [self], "C2", "\(op) of \(self) needs axes in \(-rank) ..< \(rank), found \(axis)")
    }
    return axis < 0 ? axis + rank : axis
  }

  /// The axes that `axes` mean to a user; all of them for nil.
  ///
  /// - Throws: where one of them does not exist or stands twice, in the name of `op`.
  func resolvedAxes(_ axes: [Int]?, _ op: String) throws(TensorError) -> [Int] {
    guard let axes else { return Array(shape.dims.indices) }
    var resolved: [Int] = []
    for axis in axes {
      let axis = try resolvedAxis(axis, op)
      if resolved.contains(axis) {
        throw .violation(op, [self], "C2", "\(op) of \(self) needs distinct axes, found \(axes)")
      }
      resolved.append(axis)
    }
    return resolved
  }
}
