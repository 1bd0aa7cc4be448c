/// One value of any element type: its bit pattern in the low bits of a word, the rest zero.
///
/// Two values are equal when type and bits are equal, so `-0.0` differs from `0.0` and a NaN equals
/// itself: that is what hash-consing needs.
package struct ScalarValue: Hashable, Sendable {
  package let dtype: DType
  package let bits: UInt64

  /// The value of type `dtype` whose pattern is the low bits of `bits`.
  package init(_ dtype: DType, bits: UInt64) {
    self.dtype = dtype
    self.bits = bits & dtype.bitMask
  }

  package init(_ value: Float) { self.init(.f32, bits: UInt64(value.bitPattern)) }
  package init(_ value: Double) { self.init(.f64, bits: value.bitPattern) }
  package init(_ value: Bool) { self.init(.bool, bits: value ? 1 : 0) }

  /// `value` rounded once to a floating `dtype`; for an integer type truncated and saturated; for
  /// `bool` whether it differs from zero.
  package init(_ dtype: DType, rounding value: Double) {
    self = ScalarValue(value).converted(to: dtype)
  }

  /// `value` as `dtype`: rounded once to a floating type, wrapped to an integer type.
  package init(_ dtype: DType, wrapping value: Int) {
    self = ScalarValue(.i64, bits: UInt64(bitPattern: Int64(value))).converted(to: dtype)
  }

  /// `value` as an integer or floating `dtype`, or nil where that type does not hold it exactly.
  package init?(_ dtype: DType, exactly value: Int) {
    let candidate = ScalarValue(dtype, wrapping: value)
    guard dtype.isNumber, candidate.exactInteger == value else { return nil }
    self = candidate
  }

  package static func zero(_ dtype: DType) -> ScalarValue { ScalarValue(dtype, bits: 0) }
  package static func one(_ dtype: DType) -> ScalarValue { ScalarValue(dtype, wrapping: 1) }

  /// The value as a `Double`: exact for all types but wide integers, which are rounded.
  package var double: Double {
    switch dtype {
    case .f64: Double(bitPattern: bits)
    case .f32: Double(Float(bitPattern: UInt32(bits)))
    case .f16: Double(Float16(bitPattern: UInt16(bits)))
    case .bf16: Double(Float(bitPattern: UInt32(bits) << 16))
    case .i64, .i32, .i16, .i8: Double(signedInteger)
    case .u64, .u32, .u16, .u8, .bool: Double(bits)
    }
  }

  /// The bits read as a signed integer of the type's width.
  package var signedInteger: Int64 {
    let unused = UInt64(64 - dtype.bitWidth)
    return Int64(bitPattern: bits << unused) >> Int64(unused)
  }

  /// The value as an `Int` where it is a whole number that fits, else nil.
  package var exactInteger: Int? {
    switch dtype {
    case .f64, .f32, .f16, .bf16: Int(exactly: double)
    case .i64, .i32, .i16, .i8: Int(signedInteger)
    case .u64, .u32, .u16, .u8: Int(exactly: bits)
    case .bool: nil
    }
  }

  package var isNaN: Bool { dtype.isFloating && double.isNaN }
  package var isZero: Bool { dtype.isFloating ? double == 0 : bits == 0 }

  /// The smallest value of the type: −∞ for floating types.
  package static func lowest(_ dtype: DType) -> ScalarValue {
    if dtype.isFloating { return ScalarValue(dtype, rounding: -.infinity) }
    return ScalarValue(dtype, bits: dtype.isSignedInteger ? 1 << UInt64(dtype.bitWidth - 1) : 0)
  }

  /// The greatest value of the type: +∞ for floating types.
  package static func highest(_ dtype: DType) -> ScalarValue {
    if dtype.isFloating { return ScalarValue(dtype, rounding: .infinity) }
    let all = dtype.bitMask
    return ScalarValue(dtype, bits: dtype.isSignedInteger ? all >> 1 : all)
  }

  /// Whether both are the same value, any NaN equal to any NaN, `-0.0` distinct from `0.0`.
  package func isIdentical(to other: ScalarValue) -> Bool {
    dtype == other.dtype && (bits == other.bits || (isNaN && other.isNaN))
  }
}
