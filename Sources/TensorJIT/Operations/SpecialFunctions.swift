// Error and gamma functions of floating elements, as methods and as free functions.

extension Tensor {
  /// The error function of each element.
  public func erf() -> Tensor { Tensor.elementwise(.erf, self) }

  /// 1 − erf(x) of each element, with small relative error also where that is tiny.
  public func erfc() -> Tensor { Tensor.elementwise(.erfc, self) }

  /// The number whose error function each element is; ±∞ at ±1, NaN beyond.
  public func erfinv() -> Tensor { Tensor.elementwise(.erfInv, self) }

  /// The logarithm of the magnitude of the gamma function; ∞ at 0, −1, −2, ….
  public func lgamma() -> Tensor { Tensor.elementwise(.lgamma, self) }

  /// The derivative of the logarithm of the gamma function; NaN at −1, −2, ….
  public func digamma() -> Tensor { Tensor.elementwise(.digamma, self) }
}

/// The error function of each element.
@_disfavoredOverload
public func erf(_ x: Tensor) -> Tensor { x.erf() }

/// 1 − erf(x) of each element, with small relative error also where that is tiny.
@_disfavoredOverload
public func erfc(_ x: Tensor) -> Tensor { x.erfc() }

/// The number whose error function each element is; ±∞ at ±1, NaN beyond.
@_disfavoredOverload
public func erfinv(_ x: Tensor) -> Tensor { x.erfinv() }

/// The logarithm of the magnitude of the gamma function; ∞ at 0, −1, −2, ….
@_disfavoredOverload
public func lgamma(_ x: Tensor) -> Tensor { x.lgamma() }

/// The derivative of the logarithm of the gamma function; NaN at −1, −2, ….
@_disfavoredOverload
public func digamma(_ x: Tensor) -> Tensor { x.digamma() }
