// Trigonometric and hyperbolic functions of floating elements, as methods and as free functions. Angles
// are in radians and may have any size.

extension Tensor {
  /// The sine of each element.
  public func sin() -> Tensor { Tensor.elementwise(.sin, self) }

  /// The cosine of each element.
  public func cos() -> Tensor { Tensor.elementwise(.cos, self) }

  /// The tangent of each element.
  public func tan() -> Tensor { Tensor.elementwise(.tan, self) }

  /// The angle in −π/2 … π/2 whose sine each element is; NaN beyond ±1.
  public func asin() -> Tensor { Tensor.elementwise(.asin, self) }

  /// The angle in 0 … π whose cosine each element is; NaN beyond ±1.
  public func acos() -> Tensor { Tensor.elementwise(.acos, self) }

  /// The angle in −π/2 … π/2 whose tangent each element is.
  public func atan() -> Tensor { Tensor.elementwise(.atan, self) }

  /// The hyperbolic sine of each element.
  public func sinh() -> Tensor { Tensor.elementwise(.sinh, self) }

  /// The hyperbolic cosine of each element.
  public func cosh() -> Tensor { Tensor.elementwise(.cosh, self) }

  /// The number whose hyperbolic sine each element is.
  public func asinh() -> Tensor { Tensor.elementwise(.asinh, self) }

  /// The number ≥ 0 whose hyperbolic cosine each element is; NaN below 1.
  public func acosh() -> Tensor { Tensor.elementwise(.acosh, self) }

  /// The number whose hyperbolic tangent each element is; NaN beyond ±1.
  public func atanh() -> Tensor { Tensor.elementwise(.atanh, self) }
}

/// The sine of each element.
@_disfavoredOverload
public func sin(_ x: Tensor) -> Tensor { x.sin() }

/// The cosine of each element.
@_disfavoredOverload
public func cos(_ x: Tensor) -> Tensor { x.cos() }

/// The tangent of each element.
@_disfavoredOverload
public func tan(_ x: Tensor) -> Tensor { x.tan() }

/// The angle in −π/2 … π/2 whose sine each element is; NaN beyond ±1.
@_disfavoredOverload
public func asin(_ x: Tensor) -> Tensor { x.asin() }

/// The angle in 0 … π whose cosine each element is; NaN beyond ±1.
@_disfavoredOverload
public func acos(_ x: Tensor) -> Tensor { x.acos() }

/// The angle in −π/2 … π/2 whose tangent each element is.
@_disfavoredOverload
public func atan(_ x: Tensor) -> Tensor { x.atan() }

/// The hyperbolic sine of each element.
@_disfavoredOverload
public func sinh(_ x: Tensor) -> Tensor { x.sinh() }

/// The hyperbolic cosine of each element.
@_disfavoredOverload
public func cosh(_ x: Tensor) -> Tensor { x.cosh() }

/// The number whose hyperbolic sine each element is.
@_disfavoredOverload
public func asinh(_ x: Tensor) -> Tensor { x.asinh() }

/// The number ≥ 0 whose hyperbolic cosine each element is; NaN below 1.
@_disfavoredOverload
public func acosh(_ x: Tensor) -> Tensor { x.acosh() }

/// The number whose hyperbolic tangent each element is; NaN beyond ±1.
@_disfavoredOverload
public func atanh(_ x: Tensor) -> Tensor { x.atanh() }

/// The angle of each point (x, y), from −π to π.
@_disfavoredOverload
public func atan2(_ y: Tensor, _ x: Tensor) -> Tensor { .elementwise(.atan2, y, x) }

/// The angle of the point (x, y) of each element and the value of a variable.
@_disfavoredOverload
public func atan2(_ y: Tensor, _ x: some TensorScalar) -> Tensor { .elementwise(.atan2, y, x) }

/// The angle of the point (x, y) of the value of a variable and each element.
@_disfavoredOverload
public func atan2(_ y: some TensorScalar, _ x: Tensor) -> Tensor { .elementwise(.atan2, y, x) }
