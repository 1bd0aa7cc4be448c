// Comparisons, element by element, under the names that Swift's SIMD types use. Operands broadcast by
// NumPy's rule and have one element type; the result is `bool`. Comparisons with NaN are false, but
// `.!=` is true. Literals are constants and values of variables are inputs, as in arithmetic.

extension Tensor {
  /// Whether each two elements are equal.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { elementwise(.eq, a, b) }

  /// Whether each element and the value of a variable are equal.
  @_disfavoredOverload
  public static func .== (a: Tensor, b: some TensorScalar) -> Tensor { elementwise(.eq, a, b) }

  /// Whether the value of a variable and each element are equal.
  @_disfavoredOverload
  public static func .== (a: some TensorScalar, b: Tensor) -> Tensor { elementwise(.eq, a, b) }

  /// Whether each two elements differ.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { elementwise(.ne, a, b) }

  /// Whether each element and the value of a variable differ.
  @_disfavoredOverload
  public static func .!= (a: Tensor, b: some TensorScalar) -> Tensor { elementwise(.ne, a, b) }

  /// Whether the value of a variable and each element differ.
  @_disfavoredOverload
  public static func .!= (a: some TensorScalar, b: Tensor) -> Tensor { elementwise(.ne, a, b) }

  /// Whether each two elements are in ascending order.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { elementwise(.lt, a, b) }

  /// Whether each element and the value of a variable are in ascending order.
  @_disfavoredOverload
  public static func .< (a: Tensor, b: some TensorScalar) -> Tensor { elementwise(.lt, a, b) }

  /// Whether the value of a variable and each element are in ascending order.
  @_disfavoredOverload
  public static func .< (a: some TensorScalar, b: Tensor) -> Tensor { elementwise(.lt, a, b) }

  /// Whether each two elements are in ascending order or equal.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { elementwise(.le, a, b) }

  /// Whether each element and the value of a variable are in ascending order or equal.
  @_disfavoredOverload
  public static func .<= (a: Tensor, b: some TensorScalar) -> Tensor { elementwise(.le, a, b) }

  /// Whether the value of a variable and each element are in ascending order or equal.
  @_disfavoredOverload
  public static func .<= (a: some TensorScalar, b: Tensor) -> Tensor { elementwise(.le, a, b) }

  /// Whether each two elements are in descending order.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { elementwise(.gt, a, b) }

  /// Whether each element and the value of a variable are in descending order.
  @_disfavoredOverload
  public static func .> (a: Tensor, b: some TensorScalar) -> Tensor { elementwise(.gt, a, b) }

  /// Whether the value of a variable and each element are in descending order.
  @_disfavoredOverload
  public static func .> (a: some TensorScalar, b: Tensor) -> Tensor { elementwise(.gt, a, b) }

  /// Whether each two elements are in descending order or equal.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { elementwise(.ge, a, b) }

  /// Whether each element and the value of a variable are in descending order or equal.
  @_disfavoredOverload
  public static func .>= (a: Tensor, b: some TensorScalar) -> Tensor { elementwise(.ge, a, b) }

  /// Whether the value of a variable and each element are in descending order or equal.
  @_disfavoredOverload
  public static func .>= (a: some TensorScalar, b: Tensor) -> Tensor { elementwise(.ge, a, b) }
}
