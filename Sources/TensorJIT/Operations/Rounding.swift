// Roundings of floating elements to whole numbers, as methods and as free functions.

extension Tensor {
  /// The greatest whole number that is not greater than each element.
  public func floor() -> Tensor { Tensor.elementwise(.floor, self) }

  /// The least whole number that is not less than each element.
  public func ceil() -> Tensor { Tensor.elementwise(.ceil, self) }

  /// The whole number nearest to each element, halves to the even one.
  public func rounded() -> Tensor { Tensor.elementwise(.round, self) }

  /// Each element without its fraction.
  public func truncated() -> Tensor { Tensor.elementwise(.trunc, self) }

  /// Whether each element is neither infinite nor NaN, as `bool`.
  public func isFinite() -> Tensor { Tensor.elementwise(.isFinite, self) }
}

/// The greatest whole number that is not greater than each element.
@_disfavoredOverload
public func floor(_ x: Tensor) -> Tensor { x.floor() }

/// The least whole number that is not less than each element.
@_disfavoredOverload
public func ceil(_ x: Tensor) -> Tensor { x.ceil() }

/// The whole number nearest to each element, halves to the even one.
@_disfavoredOverload
public func round(_ x: Tensor) -> Tensor { x.rounded() }

/// Each element without its fraction.
@_disfavoredOverload
public func trunc(_ x: Tensor) -> Tensor { x.truncated() }
