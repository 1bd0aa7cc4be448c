// Powers and remainders, element by element, on numbers; integers wrap. Operands broadcast, and literals
// and values of variables are taken as in arithmetic.

extension Tensor {
  /// Each element to the power of that of `exponent`.
  ///
  /// Of integers, a negative power of other numbers than ±1 is 0.
  public func power(_ exponent: Tensor) -> Tensor { Tensor.elementwise(.pow, self, exponent) }

  /// Each element to the power of the value of a variable.
  @_disfavoredOverload
  public func power(_ exponent: some TensorScalar) -> Tensor {
    Tensor.elementwise(.pow, self, exponent)
  }

  /// The remainder of each quotient, with the sign of `a`; exact. `a` itself where `b` is the integer 0.
  public static func % (a: Tensor, b: Tensor) -> Tensor { elementwise(.rem, a, b) }

  /// The remainder of each element by the value of a variable.
  @_disfavoredOverload
  public static func % (a: Tensor, b: some TensorScalar) -> Tensor { elementwise(.rem, a, b) }

  /// The remainder of the value of a variable by each element.
  @_disfavoredOverload
  public static func % (a: some TensorScalar, b: Tensor) -> Tensor { elementwise(.rem, a, b) }

  /// Replaces the tensor by `a % b`.
  public static func %= (a: inout Tensor, b: Tensor) { a = a % b }

  /// Replaces the tensor by `a % b`, for the value of a variable.
  @_disfavoredOverload
  public static func %= (a: inout Tensor, b: some TensorScalar) { a = a % b }
}

/// Each element of `a` to the power of that of `b`.
@_disfavoredOverload
public func pow(_ a: Tensor, _ b: Tensor) -> Tensor { a.power(b) }

/// Each element to the power of the value of a variable.
@_disfavoredOverload
public func pow(_ a: Tensor, _ b: some TensorScalar) -> Tensor { .elementwise(.pow, a, b) }

/// The value of a variable to the power of each element.
@_disfavoredOverload
public func pow(_ a: some TensorScalar, _ b: Tensor) -> Tensor { .elementwise(.pow, a, b) }
