// What each scalar operation computes, on bit patterns. This is the definition that the emitted
// code of every engine is held against.

extension ScalarOp.Unary {
  /// The operation on a value of type `dtype`.
  package func evaluate(_ dtype: DType, _ bits: UInt64) -> UInt64 {
    switch dtype {
    case .f64: UInt64(evaluate(floating: Double(bitPattern: bits)).bitPattern)
    case .f32: UInt64(evaluate(floating: Float(bitPattern: UInt32(bits))).bitPattern)
    case .i64: UInt64(UInt64(bitPattern: evaluate(integer: Int64(bitPattern: bits))))
    case .i32: UInt64(UInt32(bitPattern: evaluate(integer: Int32(truncatingIfNeeded: bits))))
    case .i16: UInt64(UInt16(bitPattern: evaluate(integer: Int16(truncatingIfNeeded: bits))))
    case .i8: UInt64(UInt8(bitPattern: evaluate(integer: Int8(truncatingIfNeeded: bits))))
    case .u64: evaluate(integer: bits)
    case .u32: UInt64(evaluate(integer: UInt32(truncatingIfNeeded: bits)))
    case .u16: UInt64(evaluate(integer: UInt16(truncatingIfNeeded: bits)))
    case .u8: UInt64(evaluate(integer: UInt8(truncatingIfNeeded: bits)))
    case .bool: bits ^ 1
    case .f16, .bf16: preconditionFailure("\(name) is not defined on \(dtype)")
    }
  }

  private func evaluate<F: BinaryFloatingPoint>(floating x: F) -> F {
    switch self {
    case .neg: -x
    case .abs: x.magnitude
    case .sqrt: x.squareRoot()
    case .floor: x.rounded(.down)
    case .ceil: x.rounded(.up)
    case .trunc: x.rounded(.towardZero)
    case .roundEven: x.rounded(.toNearestOrEven)
    case .not, .popcount, .countLeadingZeros: preconditionFailure("\(name) of a float")
    }
  }

  private func evaluate<I: FixedWidthInteger>(integer x: I) -> I {
    switch self {
    case .neg: 0 &- x
    case .abs: x < 0 ? 0 &- x : x
    case .not: ~x
    case .popcount: I(truncatingIfNeeded: x.nonzeroBitCount)
    case .countLeadingZeros: I(truncatingIfNeeded: x.leadingZeroBitCount)
    case .sqrt, .floor, .ceil, .trunc, .roundEven: preconditionFailure("\(name) of an integer")
    }
  }
}

extension ScalarOp.Binary {
  /// The operation on two values of type `dtype`.
  package func evaluate(_ dtype: DType, _ a: UInt64, _ b: UInt64) -> UInt64 {
    switch dtype {
    case .f64:
      evaluate(floating: Double(bitPattern: a), Double(bitPattern: b)).bitPattern
    case .f32:
      UInt64(
        evaluate(floating: Float(bitPattern: UInt32(a)), Float(bitPattern: UInt32(b))).bitPattern)
    case .i64:
      UInt64(bitPattern: evaluate(integer: Int64(bitPattern: a), Int64(bitPattern: b)))
    case .i32: UInt64(UInt32(bitPattern: evaluate(integer: Int32(low: a), Int32(low: b))))
    case .i16: UInt64(UInt16(bitPattern: evaluate(integer: Int16(low: a), Int16(low: b))))
    case .i8: UInt64(UInt8(bitPattern: evaluate(integer: Int8(low: a), Int8(low: b))))
    case .u64: evaluate(integer: a, b)
    case .u32: UInt64(evaluate(integer: UInt32(low: a), UInt32(low: b)))
    case .u16: UInt64(evaluate(integer: UInt16(low: a), UInt16(low: b)))
    case .u8: UInt64(evaluate(integer: UInt8(low: a), UInt8(low: b)))
    case .bool: evaluate(boolean: a, b)
    case .f16, .bf16: preconditionFailure("\(name) is not defined on \(dtype)")
    }
  }

  private func evaluate<F: BinaryFloatingPoint>(floating a: F, _ b: F) -> F {
    switch self {
    case .add: return a + b
    case .sub: return a - b
    case .mul: return a * b
    case .div: return a / b
    case .minimum:
      if a.isNaN || b.isNaN { return .nan }
      if a == b { return a.sign == .minus ? a : b }
      return a < b ? a : b
    case .maximum:
      if a.isNaN || b.isNaN { return .nan }
      if a == b { return a.sign == .minus ? b : a }
      return a > b ? a : b
    case .rem, .mulHigh, .and, .or, .xor, .shl, .shrLogical, .shrArith:
      preconditionFailure("\(name) of floats")
    }
  }

  private func evaluate<I: FixedWidthInteger>(integer a: I, _ b: I) -> I {
    let count = I.Magnitude(truncatingIfNeeded: b)
    let isInWidth = count < I.Magnitude(I.bitWidth)
    switch self {
    case .add: return a &+ b
    case .sub: return a &- b
    case .mul: return a &* b
    case .div: return b == 0 ? ~0 : a.dividedReportingOverflow(by: b).partialValue
    case .rem:
      if b == 0 { return a }
      let (remainder, overflow) = a.remainderReportingOverflow(dividingBy: b)
      return overflow ? 0 : remainder
    case .mulHigh: return a.multipliedFullWidth(by: b).high
    case .minimum: return min(a, b)
    case .maximum: return max(a, b)
    case .and: return a & b
    case .or: return a | b
    case .xor: return a ^ b
    case .shl: return isInWidth ? a &<< b : 0
    case .shrLogical:
      let bits = I.Magnitude(truncatingIfNeeded: a)
      return isInWidth ? I(truncatingIfNeeded: bits &>> count) : 0
    case .shrArith:
      return isInWidth ? a &>> b : (a < 0 ? ~0 : 0)
    }
  }

  private func evaluate(boolean a: UInt64, _ b: UInt64) -> UInt64 {
    switch self {
    case .and, .minimum: a & b
    case .or, .maximum: a | b
    case .xor: a ^ b
    case .add, .sub, .mul, .div, .rem, .mulHigh, .shl, .shrLogical, .shrArith:
      preconditionFailure("\(name) of bool")
    }
  }
}

extension ScalarOp.Comparison {
  /// Whether the comparison of two values of type `dtype` holds, as 1 or 0.
  package func evaluate(_ dtype: DType, _ a: UInt64, _ b: UInt64) -> UInt64 {
    let holds =
      switch dtype {
      case .f64: compare(Double(bitPattern: a), Double(bitPattern: b))
      case .f32: compare(Float(bitPattern: UInt32(a)), Float(bitPattern: UInt32(b)))
      case .f16, .bf16:
        compare(ScalarValue(dtype, bits: a).double, ScalarValue(dtype, bits: b).double)
      case .i64, .i32, .i16, .i8:
        compare(
          ScalarValue(dtype, bits: a).signedInteger, ScalarValue(dtype, bits: b).signedInteger)
      case .u64, .u32, .u16, .u8, .bool: compare(a, b)
      }
    return holds ? 1 : 0
  }

  private func compare<T: Comparable>(_ a: T, _ b: T) -> Bool {
    switch self {
    case .eq: a == b
    case .ne: a != b
    case .lt: a < b
    case .le: a <= b
    case .gt: a > b
    case .ge: a >= b
    }
  }
}

extension ScalarValue {
  /// The fused multiply-add `a * b + c` of three floats of type `dtype`, rounded once.
  package static func fma(_ dtype: DType, _ a: UInt64, _ b: UInt64, _ c: UInt64) -> UInt64 {
    if dtype == .f64 {
      let sum = Double(bitPattern: c).addingProduct(Double(bitPattern: a), Double(bitPattern: b))
      return sum.bitPattern
    }
    precondition(dtype == .f32, "fma is not defined on \(dtype)")
    let sum = Float(bitPattern: UInt32(c)).addingProduct(
      Float(bitPattern: UInt32(a)), Float(bitPattern: UInt32(b)))
    return UInt64(sum.bitPattern)
  }

  /// The value in another type.
  ///
  /// Float to integer truncates and saturates, NaN gives 0; integer to integer wraps; to `bool` is
  /// "differs from zero" (NaN does); to a float rounds once to nearest even.
  package func converted(to target: DType) -> ScalarValue {
    switch target {
    case .bool: return ScalarValue(!isZero)
    case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8:
      guard dtype.isFloating else {
        let extended = dtype.isSignedInteger ? UInt64(bitPattern: signedInteger) : bits
        return ScalarValue(target, bits: extended)
      }
      return ScalarValue(target, bits: ScalarValue.saturated(double, to: target))
    case .f64:
      switch dtype {
      case .i64, .i32, .i16, .i8: return ScalarValue(Double(signedInteger))
      case .f64, .f32, .f16, .bf16, .u64, .u32, .u16, .u8, .bool: return ScalarValue(double)
      }
    case .f32:
      switch dtype {
      case .i64, .i32, .i16, .i8: return ScalarValue(Float(signedInteger))
      case .u64, .u32, .u16, .u8, .bool: return ScalarValue(Float(bits))
      case .f64, .f32, .f16, .bf16: return ScalarValue(Float(double))
      }
    case .f16:
      switch dtype {
      case .i64, .i32, .i16, .i8:
        return ScalarValue(target, bits: UInt64(Float16(signedInteger).bitPattern))
      case .u64, .u32, .u16, .u8, .bool:
        return ScalarValue(target, bits: UInt64(Float16(bits).bitPattern))
      case .f64, .f32, .f16, .bf16:
        return ScalarValue(target, bits: UInt64(Float16(double).bitPattern))
      }
    case .bf16: return ScalarValue(.bf16, bits: UInt64(bfloatPattern))
    }
  }

  private static func saturated(_ value: Double, to target: DType) -> UInt64 {
    switch target {
    case .i64: UInt64(bitPattern: Int64(saturating: value))
    case .i32: UInt64(UInt32(bitPattern: Int32(saturating: value)))
    case .i16: UInt64(UInt16(bitPattern: Int16(saturating: value)))
    case .i8: UInt64(UInt8(bitPattern: Int8(saturating: value)))
    case .u64: UInt64(saturating: value)
    case .u32: UInt64(UInt32(saturating: value))
    case .u16: UInt64(UInt16(saturating: value))
    case .u8, .bool, .f64, .f32, .f16, .bf16: UInt64(UInt8(saturating: value))
    }
  }

  /// The `bf16` pattern nearest to this value, rounded once (ties to even).
  ///
  /// A wider value is first cut to `f32` with a sticky last bit (round to odd), which makes the
  /// second rounding exact.
  private var bfloatPattern: UInt16 {
    if isNaN { return 0x7FC0 }
    let nearest: Float
    let exactError: Bool
    switch dtype {
    case .i64, .i32, .i16, .i8:
      nearest = Float(signedInteger)
      exactError = Int64(exactly: nearest) != signedInteger
      return ScalarValue.bfloat(
        toOdd(
          nearest, isInexact: exactError,
          isAbove: nearest > 0 ? moreThan(nearest) : !moreThan(nearest)))
    case .u64, .u32, .u16, .u8, .bool:
      nearest = Float(bits)
      exactError = UInt64(exactly: nearest) != bits
      return ScalarValue.bfloat(
        toOdd(nearest, isInexact: exactError, isAbove: moreThan(nearest)))
    case .f64, .f32, .f16, .bf16:
      nearest = Float(double)
      exactError = Double(nearest) != double
      return ScalarValue.bfloat(
        toOdd(nearest, isInexact: exactError, isAbove: Double(nearest).magnitude > double.magnitude)
      )
    }
  }

  /// Whether the rounded `nearest` exceeds this integer.
  private func moreThan(_ nearest: Float) -> Bool {
    if dtype.isSignedInteger { return nearest >= 0x1p63 || Int64(nearest) > signedInteger }
    return nearest >= 0x1p64 || UInt64(nearest) > bits
  }

  private func toOdd(_ nearest: Float, isInexact: Bool, isAbove: Bool) -> Float {
    guard isInexact, nearest.isFinite || isAbove else { return nearest }
    let truncated = isAbove ? Float(bitPattern: nearest.bitPattern - 1) : nearest
    return Float(bitPattern: truncated.bitPattern | 1)
  }

  private static func bfloat(_ value: Float) -> UInt16 {
    let pattern = value.bitPattern
    guard value.isFinite else { return UInt16(pattern >> 16) }
    return UInt16(truncatingIfNeeded: (pattern + 0x7FFF + ((pattern >> 16) & 1)) >> 16)
  }
}

extension FixedWidthInteger {
  /// The low bits of `word`.
  fileprivate init(low word: UInt64) { self.init(truncatingIfNeeded: word) }

  /// `value` truncated towards zero and clamped to the type's range; NaN gives 0.
  fileprivate init(saturating value: Double) {
    if value.isNaN {
      self = 0
    } else if value
      >= Double(sign: .plus, exponent: Self.bitWidth - (Self.isSigned ? 1 : 0), significand: 1)
    {
      self = .max
    } else if value < Double(Self.min) {
      self = .min
    } else {
      self = Self(value)
    }
  }
}
