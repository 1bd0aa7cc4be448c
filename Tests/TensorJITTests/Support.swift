import TensorJIT

/// The elements of a tensor of `Float`s.
func floats(_ tensor: Tensor) throws -> [Float] { try tensor.scalars(as: Float.self) }

/// The elements of a tensor of `i32`s.
func ints(_ tensor: Tensor) throws -> [Int32] { try tensor.scalars(as: Int32.self) }

/// The elements of a tensor of truth values.
func bools(_ tensor: Tensor) throws -> [Bool] { try tensor.scalars(as: Bool.self) }

/// The text of the error that the tensor carries, without its place; nil where it has a value.
func failure(_ tensor: Tensor) -> String? {
  do {
    try eval(tensor)
    return nil
  } catch {
    guard case .invalidOperands(let op, let operands, let constraint, let message, _) = error else {
      return "\(error)"
    }
    let placeless = TensorError.invalidOperands(
      op: op, operands: operands, constraint: constraint, message: message, location: nil)
    return "\(placeless)"
  }
}
