import TapeIR

/// Each element of `a` where `condition` holds, else that of `b`.
///
/// The operands broadcast by NumPy's rule; `condition` is `bool`, `a` and `b` have one element type.
public func select(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
  Tensor.apply(.select, condition, a, b)
}

/// Each element of `a` where `condition` holds, else the value of a variable.
@_disfavoredOverload
public func select(_ condition: Tensor, _ a: Tensor, _ b: some TensorScalar) -> Tensor {
  select(condition, a, Tensor(b, besides: a, .select))
}

/// The value of a variable where `condition` holds, else each element of `b`.
@_disfavoredOverload
public func select(_ condition: Tensor, _ a: some TensorScalar, _ b: Tensor) -> Tensor {
  select(condition, Tensor(a, besides: b, .select), b)
}

/// The greater of each two elements; NaN wins, and 0 is greater than −0.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { .elementwise(.max, a, b) }

/// The greater of each element and the value of a variable; NaN wins.
@_disfavoredOverload
public func maximum(_ a: Tensor, _ b: some TensorScalar) -> Tensor { .elementwise(.max, a, b) }

/// The greater of the value of a variable and each element; NaN wins.
@_disfavoredOverload
public func maximum(_ a: some TensorScalar, _ b: Tensor) -> Tensor { .elementwise(.max, a, b) }

/// The smaller of each two elements; NaN wins, and −0 is smaller than 0.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { .elementwise(.min, a, b) }

/// The smaller of each element and the value of a variable; NaN wins.
@_disfavoredOverload
public func minimum(_ a: Tensor, _ b: some TensorScalar) -> Tensor { .elementwise(.min, a, b) }

/// The smaller of the value of a variable and each element; NaN wins.
@_disfavoredOverload
public func minimum(_ a: some TensorScalar, _ b: Tensor) -> Tensor { .elementwise(.min, a, b) }

extension Tensor {
  /// Each element, or the bound beyond which it lies: `minimum(maximum(x, lower), upper)`.
  public func clamped(from lower: Tensor, to upper: Tensor) -> Tensor {
    Tensor.elementwise(.clamp, lower, self, upper)
  }

  /// Each element, or the bound beyond which it lies, for the values of variables.
  @_disfavoredOverload
  public func clamped(from lower: some TensorScalar, to upper: some TensorScalar) -> Tensor {
    clamped(
      from: Tensor(lower, besides: self, .clamp), to: Tensor(upper, besides: self, .clamp))
  }
}
