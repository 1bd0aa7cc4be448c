// Functions of each element, as methods and as free functions. exp, log, sqrt, tanh and sigmoid take
// floating elements, the others numbers; the result has the operand's type. Operands that do not fit
// make a tensor that carries the error. The free functions come second to those of the same names for
// Swift's numbers, so `sqrt(2)` stays a number where there are both.

extension Tensor {
  /// e to the power of each element.
  public func exp() -> Tensor { Tensor.elementwise(.exp, self) }

  /// The natural logarithm of each element; −∞ of 0, NaN of negative ones.
  public func log() -> Tensor { Tensor.elementwise(.log, self) }

  /// The square root of each element; NaN of negative ones.
  public func sqrt() -> Tensor { Tensor.elementwise(.sqrt, self) }

  /// The hyperbolic tangent of each element.
  public func tanh() -> Tensor { Tensor.elementwise(.tanh, self) }

  /// The logistic function 1 / (1 + exp(−x)) of each element.
  public func sigmoid() -> Tensor { Tensor.elementwise(.logistic, self) }

  /// Each element without its sign; the least integer stays as it is.
  public func abs() -> Tensor { Tensor.elementwise(.abs, self) }

  /// −1, 0 or 1 by the sign of each element; zeros and NaN stay as they are.
  public func sign() -> Tensor { Tensor.elementwise(.sign, self) }

  /// Each element where it is positive, else 0; NaN stays.
  public func relu() -> Tensor { maximum(self, 0) }

  /// The square of each element.
  public func square() -> Tensor { Tensor.elementwise(.mul, self, self) }
}

/// e to the power of each element.
@_disfavoredOverload
public func exp(_ x: Tensor) -> Tensor { x.exp() }

/// The natural logarithm of each element; −∞ of 0, NaN of negative ones.
@_disfavoredOverload
public func log(_ x: Tensor) -> Tensor { x.log() }

/// The square root of each element; NaN of negative ones.
@_disfavoredOverload
public func sqrt(_ x: Tensor) -> Tensor { x.sqrt() }

/// The hyperbolic tangent of each element.
@_disfavoredOverload
public func tanh(_ x: Tensor) -> Tensor { x.tanh() }

/// The logistic function 1 / (1 + exp(−x)) of each element.
@_disfavoredOverload
public func sigmoid(_ x: Tensor) -> Tensor { x.sigmoid() }

/// Each element without its sign; the least integer stays as it is.
@_disfavoredOverload
public func abs(_ x: Tensor) -> Tensor { x.abs() }

/// −1, 0 or 1 by the sign of each element; zeros and NaN stay as they are.
@_disfavoredOverload
public func sign(_ x: Tensor) -> Tensor { x.sign() }

/// Each element where it is positive, else 0; NaN stays.
@_disfavoredOverload
public func relu(_ x: Tensor) -> Tensor { x.relu() }

/// The square of each element.
@_disfavoredOverload
public func square(_ x: Tensor) -> Tensor { x.square() }
