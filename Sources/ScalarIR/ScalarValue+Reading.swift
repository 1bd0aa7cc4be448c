import SExpression

extension ScalarValue {
  /// The value of type `dtype` that an atom writes, or nil where the type has no such value.
  ///
  /// Integers fit every number type that holds them exactly; floats are rounded once to a floating
  /// type; `true` and `false` are `bool`.
  package init?(_ dtype: DType, reading expression: SExpression) {
    switch expression.kind {
    case .boolean(let value):
      guard dtype == .bool else { return nil }
      self.init(value)
    case .float(let text):
      guard let value = ScalarValue(dtype, floatText: text) else { return nil }
      self = value
    case .integer(let text):
      guard let integer = IntegerText(text) else { return nil }
      switch dtype {
      case .bool: return nil
      case .f64, .f32, .f16, .bf16:
        // Integers have no negative zero; every other float that is exact is read without rounding.
        guard let value = ScalarValue(dtype, floatText: integer.isZero ? "0" : text),
          !value.double.isInfinite, integer.significantBits <= dtype.significandBits
        else { return nil }
        self = value
      case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8:
        guard let magnitude = integer.magnitude else { return nil }
        let highest = ScalarValue.highest(dtype).bits
        if integer.isNegative, magnitude > 0 {
          guard dtype.isSignedInteger, magnitude <= highest + 1 else { return nil }
          self.init(dtype, bits: 0 &- magnitude)
        } else {
          guard magnitude <= highest else { return nil }
          self.init(dtype, bits: magnitude)
        }
      }
    case .symbol, .keyword, .string, .list, .form, .type: return nil
    }
  }

  /// The number that a float's text writes, rounded once to a floating type.
  private init?(_ dtype: DType, floatText text: String) {
    switch dtype {
    case .f64:
      guard let value = Double(text) else { return nil }
      self.init(value)
    case .f32:
      guard let value = Float(text) else { return nil }
      self.init(value)
    case .f16:
      guard let value = Float16(text) else { return nil }
      self.init(.f16, bits: UInt64(value.bitPattern))
    case .bf16:
      guard let value = Double(text) else { return nil }
      self.init(.bf16, rounding: value)
    case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool: return nil
    }
  }
}

extension DType {
  /// The bits of a floating type's significand, the leading one included; 0 for the others.
  fileprivate var significandBits: Int {
    switch self {
    case .f64: 53
    case .f32: 24
    case .f16: 11
    case .bf16: 8
    case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool: 0
    }
  }
}

/// An integer of any size as its text writes it.
private struct IntegerText {
  let isNegative: Bool
  /// The magnitude, least significant word first, without leading zero words.
  private var words: [UInt32] = []

  init?(_ text: String) {
    isNegative = text.hasPrefix("-")
    var digits = text.dropFirst(isNegative ? 1 : 0)
    let isHexadecimal = digits.hasPrefix("0x")
    if isHexadecimal { digits = digits.dropFirst(2) }
    guard !digits.isEmpty else { return nil }
    let radix: UInt64 = isHexadecimal ? 16 : 10
    for digit in digits {
      guard var carry = digit.hexDigitValue.map(UInt64.init), carry < radix else { return nil }
      for index in words.indices {
        carry += UInt64(words[index]) * radix
        words[index] = UInt32(truncatingIfNeeded: carry)
        carry >>= 32
      }
      if carry > 0 { words.append(UInt32(carry)) }
    }
  }

  var isZero: Bool { words.isEmpty }

  /// The magnitude where it fits a word of 64 bits.
  var magnitude: UInt64? {
    guard words.count <= 2 else { return nil }
    return words.reversed().reduce(0) { $0 << 32 | UInt64($1) }
  }

  /// The bits from the highest one to the lowest one.
  var significantBits: Int {
    guard let high = words.last, let lowest = words.firstIndex(where: { $0 != 0 }) else { return 0 }
    return words.count * 32 - high.leadingZeroBitCount - lowest * 32
      - words[lowest].trailingZeroBitCount
  }
}
