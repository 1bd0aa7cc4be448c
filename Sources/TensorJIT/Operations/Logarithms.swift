// More powers and logarithms of floating elements, and roots, as methods and as free functions.

extension Tensor {
  /// Two to the power of each element.
  public func exp2() -> Tensor { Tensor.elementwise(.exp2, self) }

  /// exp(x) − 1 of each element, with small relative error also near 0.
  public func expm1() -> Tensor { Tensor.elementwise(.expm1, self) }

  /// The logarithm to base two of each element; −∞ of 0, NaN of negative ones.
  public func log2() -> Tensor { Tensor.elementwise(.log2, self) }

  /// log(1 + x) of each element, with small relative error also near 0.
  public func log1p() -> Tensor { Tensor.elementwise(.log1p, self) }

  /// 1 / √x of each element; NaN of negative ones.
  public func rsqrt() -> Tensor { Tensor.elementwise(.rsqrt, self) }

  /// The real cube root of each element.
  public func cbrt() -> Tensor { Tensor.elementwise(.cbrt, self) }
}

/// Two to the power of each element.
@_disfavoredOverload
public func exp2(_ x: Tensor) -> Tensor { x.exp2() }

/// exp(x) − 1 of each element, with small relative error also near 0.
@_disfavoredOverload
public func expm1(_ x: Tensor) -> Tensor { x.expm1() }

/// The logarithm to base two of each element; −∞ of 0, NaN of negative ones.
@_disfavoredOverload
public func log2(_ x: Tensor) -> Tensor { x.log2() }

/// log(1 + x) of each element, with small relative error also near 0.
@_disfavoredOverload
public func log1p(_ x: Tensor) -> Tensor { x.log1p() }

/// 1 / √x of each element; NaN of negative ones.
@_disfavoredOverload
public func rsqrt(_ x: Tensor) -> Tensor { x.rsqrt() }

/// The real cube root of each element.
@_disfavoredOverload
public func cbrt(_ x: Tensor) -> Tensor { x.cbrt() }
