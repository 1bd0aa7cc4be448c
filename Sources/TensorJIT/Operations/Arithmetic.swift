// Arithmetic operators, element by element. Operands broadcast by NumPy's rule and have one number
// type; integers wrap and their quotient truncates. A literal beside a tensor is a constant in the
// tensor's element type; the value of a variable is an input, so another value compiles nothing.
// Operands that do not fit make a tensor that carries the error.

extension Tensor {
  /// The sum of each two elements (of bools: or).
  public static func + (a: Tensor, b: Tensor) -> Tensor { elementwise(.add, a, b) }

  /// The sum of each element and the value of a variable.
  @_disfavoredOverload
  public static func + (a: Tensor, b: some TensorScalar) -> Tensor { elementwise(.add, a, b) }

  /// The sum of the value of a variable and each element.
  @_disfavoredOverload
  public static func + (a: some TensorScalar, b: Tensor) -> Tensor { elementwise(.add, a, b) }

  /// The difference of each two elements.
  public static func - (a: Tensor, b: Tensor) -> Tensor { elementwise(.sub, a, b) }

  /// The difference of each element and the value of a variable.
  @_disfavoredOverload
  public static func - (a: Tensor, b: some TensorScalar) -> Tensor { elementwise(.sub, a, b) }

  /// The difference of the value of a variable and each element.
  @_disfavoredOverload
  public static func - (a: some TensorScalar, b: Tensor) -> Tensor { elementwise(.sub, a, b) }

  /// The product of each two elements (of bools: and).
  public static func * (a: Tensor, b: Tensor) -> Tensor { elementwise(.mul, a, b) }

  /// The product of each element and the value of a variable.
  @_disfavoredOverload
  public static func * (a: Tensor, b: some TensorScalar) -> Tensor { elementwise(.mul, a, b) }

  /// The product of the value of a variable and each element.
  @_disfavoredOverload
  public static func * (a: some TensorScalar, b: Tensor) -> Tensor { elementwise(.mul, a, b) }

  /// The quotient of each two elements.
  public static func / (a: Tensor, b: Tensor) -> Tensor { elementwise(.div, a, b) }

  /// The quotient of each element and the value of a variable.
  @_disfavoredOverload
  public static func / (a: Tensor, b: some TensorScalar) -> Tensor { elementwise(.div, a, b) }

  /// The quotient of the value of a variable and each element.
  @_disfavoredOverload
  public static func / (a: some TensorScalar, b: Tensor) -> Tensor { elementwise(.div, a, b) }

  /// Each element with the opposite sign.
  public static prefix func - (a: Tensor) -> Tensor { elementwise(.neg, a) }

  /// The tensor itself.
  public static prefix func + (a: Tensor) -> Tensor { a }
}

extension Tensor {
  /// Replaces the tensor by `a + b`.
  public static func += (a: inout Tensor, b: Tensor) { a = a + b }

  /// Replaces the tensor by `a + b`, for the value of a variable.
  @_disfavoredOverload
  public static func += (a: inout Tensor, b: some TensorScalar) { a = a + b }

  /// Replaces the tensor by `a - b`.
  public static func -= (a: inout Tensor, b: Tensor) { a = a - b }

  /// Replaces the tensor by `a - b`, for the value of a variable.
  @_disfavoredOverload
  public static func -= (a: inout Tensor, b: some TensorScalar) { a = a - b }

  /// Replaces the tensor by `a * b`.
  public static func *= (a: inout Tensor, b: Tensor) { a = a * b }

  /// Replaces the tensor by `a * b`, for the value of a variable.
  @_disfavoredOverload
  public static func *= (a: inout Tensor, b: some TensorScalar) { a = a * b }

  /// Replaces the tensor by `a / b`.
  public static func /= (a: inout Tensor, b: Tensor) { a = a / b }

  /// Replaces the tensor by `a / b`, for the value of a variable.
  @_disfavoredOverload
  public static func /= (a: inout Tensor, b: some TensorScalar) { a = a / b }
}
