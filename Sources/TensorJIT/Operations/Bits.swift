import TapeIR

// Shifts and counts of the bits of integers. Shift counts are unsigned: by the width or more, nothing of
// the number is left. The operators come second to those of Swift's integers, so `1 << 4` stays a number.

extension Tensor {
  /// Each integer shifted to the left, zeros coming in.
  @_disfavoredOverload
  public static func << (a: Tensor, count: Tensor) -> Tensor { elementwise(.shl, a, count) }

  /// Each integer shifted to the right: copies of the sign come in, zeros if unsigned.
  @_disfavoredOverload
  public static func >> (a: Tensor, count: Tensor) -> Tensor {
    elementwise(rightShift(a, count), a, count)
  }

  /// The shift to the right for the type of the operand that is no literal.
  private static func rightShift(_ a: Tensor, _ count: Tensor) -> Op {
    let typed = a.handle.literal == nil ? a : count
    let isUnsigned =
      typed.handle.literal == nil
      && (try? typed.tensorType)?.dtype.isUnsignedInteger == true
    return isUnsigned ? .shrLogical : .shrArith
  }

  /// The number of one bits of each integer.
  public func nonzeroBitCount() -> Tensor { Tensor.elementwise(.popcnt, self) }

  /// The number of zero bits before the first one bit of each integer.
  public func leadingZeroBitCount() -> Tensor { Tensor.elementwise(.clz, self) }

  /// The bits of the elements read as another type.
  ///
  /// With narrower elements, a last axis appears that holds the parts of each, the lowest bits first;
  /// with wider ones a last axis of just as many parts goes. `bool` has no bits to speak of: it makes a
  /// tensor that carries the error, as does a last axis of another size.
  public func bitcast(to elementType: ElementType) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      try Tensor.expanding(Op.bitcast.name, [self]) { (builder, values) throws(TapeError) in
        try builder.apply(.bitcast, values, [.to: .dtype(elementType.dtype)])
      }
    }
  }
}
