import SExpression

extension ScalarValue {
  /// The value of type `dtype` that an atom writes, or nil where the type has no such value.
  ///
  /// Integers fit every number type that holds them exactly; floats are rounded once to a floating
  /// type; `true` and `false` are `bool`.
  package init?(_ dtype: DType, reading expression: SExpression) {
    let value: ScalarValue?
    switch expression.kind {
    case .integer(let text): value = ScalarValue(dtype, integerText: text)
    case .float(let text): value = ScalarValue(dtype, floatText: text)
    case .boolean(let flag): value = dtype == .bool ? ScalarValue(flag) : nil
    case .symbol, .keyword, .string, .list, .form, .type: value = nil
    }
    guard let value else { return nil }
    self = value
  }

  /// The value of an integer of any size, where `dtype` is a number type that holds it exactly.
  private init?(_ dtype: DType, integerText text: String) {
    guard dtype.isNumber else { return nil }
    if let value = Int(integerText: text) {
      guard let exact = ScalarValue(dtype, exactly: value) else { return nil }
      self = exact
      return
    }
    let number = NumberText(text)
    if dtype.isFloating {
      guard let magnitude = number.digits.exactDouble else { return nil }
      let rounded = ScalarValue(dtype, rounding: number.isNegative ? -magnitude : magnitude)
      guard rounded.double.magnitude == magnitude else { return nil }
      self = rounded
    } else {
      guard dtype == .u64, !number.isNegative, number.digits.bitWidth <= 64 else { return nil }
      let isHexadecimal = text.hasPrefix("0x")
      guard
        let value = UInt64(
          isHexadecimal ? String(text.dropFirst(2)) : text, radix: isHexadecimal ? 16 : 10)
      else { return nil }
      self.init(.u64, bits: value)
    }
  }

  /// The value of a float, rounded once to nearest even, where `dtype` is a floating type.
  private init?(_ dtype: DType, floatText text: String) {
    guard dtype.isFloating, let wide = Double(text) else { return nil }
    switch dtype {
    case .f64: self.init(wide)
    case .f32: self.init(Float(text) ?? Float(wide))
    default: self = ScalarValue.narrowed(wide, dtype, text)
    }
  }

  /// The decimal `text`, of which `wide` is the nearest `Double`, rounded once to `f16` or `bf16`.
  ///
  /// Rounding `wide` instead is right unless `wide` lies exactly between two values of the narrow
  /// type; then what the text writes decides.
  private static func narrowed(_ wide: Double, _ dtype: DType, _ text: String) -> ScalarValue {
    let nearest = ScalarValue(dtype, rounding: wide)
    guard wide.isFinite, wide != 0 else { return nearest }
    let below = ScalarValue(dtype, rounding: wide.magnitude.nextDown)
    let above = ScalarValue(dtype, rounding: wide.magnitude.nextUp)
    let beyond = dtype == .f16 ? 0x1p16 : 0x1p128
    let upper = above.double.isInfinite ? beyond : above.double
    guard below != above, (below.double + upper) / 2 == wide.magnitude else { return nearest }
    let magnitude: ScalarValue
    switch NumberText(text).compareMagnitude(to: wide.magnitude) {
    case 0: return nearest
    case ..<0: magnitude = below
    default: magnitude = above
    }
    return ScalarValue(dtype, bits: magnitude.bits | (nearest.bits & ~(dtype.bitMask >> 1)))
  }
}

/// A number as it is written: digits times a power of 10 or 2.
private struct NumberText {
  let isNegative: Bool
  let digits: BigMagnitude
  private let base: UInt32
  private let exponent: Int

  /// Takes apart a finite number that follows the grammar of the text form.
  init(_ text: String) {
    isNegative = text.hasPrefix("-")
    var rest = text.utf8[...]
    if isNegative { rest.removeFirst() }
    let isHexadecimal = rest.starts(with: "0x".utf8)
    if isHexadecimal { rest.removeFirst(2) }
    let mark = UInt8(ascii: isHexadecimal ? "p" : "e")
    let mantissa = rest.prefix { $0 != mark }
    let power = Int(String(Substring(rest.dropFirst(mantissa.count + 1)))) ?? 0
    let point = mantissa.firstIndex(of: UInt8(ascii: "."))
    let fraction = point.map { mantissa.distance(from: $0, to: mantissa.endIndex) - 1 } ?? 0
    digits = BigMagnitude(
      digits: mantissa.filter { $0 != UInt8(ascii: ".") }, radix: isHexadecimal ? 16 : 10)
    base = isHexadecimal ? 2 : 10
    exponent = power - (isHexadecimal ? 4 * fraction : fraction)
  }

  /// −1, 0 or 1 as the magnitude written is below, at or above the finite `value`, which is its
  /// nearest `Double`.
  func compareMagnitude(to value: Double) -> Int {
    var left = digits
    var right = BigMagnitude(UInt64(value.significandBitPattern | (1 << 52)))
    let binaryExponent = Int(value.exponent) - 52
    if exponent >= 0 { left.multiply(byPowerOf: base, exponent) }
    if exponent < 0 { right.multiply(byPowerOf: base, -exponent) }
    if binaryExponent >= 0 { right.multiply(byPowerOf: 2, binaryExponent) }
    if binaryExponent < 0 { left.multiply(byPowerOf: 2, -binaryExponent) }
    return left < right ? -1 : left == right ? 0 : 1
  }
}
