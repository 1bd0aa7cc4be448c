import Glibc
import ScalarIR

/// A finite number in decimal digits.
struct DecimalDigits {
  let isNegative: Bool
  /// The digits from the first that is not 0 to the last that is not 0; a single 0 for zero.
  private(set) var digits: [UInt8]
  /// The power of ten of the first digit.
  private(set) var exponent: Int

  /// The fewest digits that tell the value from all others of its type.
  init(shortest value: ScalarValue) {
    isNegative = value.double.sign == .minus
    switch value.dtype {
    case .f32: (digits, exponent) = DecimalDigits.parse("\(Float(value.double).magnitude)")
    case .f16: (digits, exponent) = DecimalDigits.parse("\(Float16(value.double).magnitude)")
    case .bf16:
      var text = ""
      for count in 1...4 {
        text = DecimalDigits.rounded(value.double.magnitude, count)
        let (digits, exponent) = DecimalDigits.parse(text)
        let read = digits.reversed().reduce(0.0) { ($0 + Double($1)) / 10 }
        let magnitude = read * pow(10, Double(exponent + 1))
        if ScalarValue(.bf16, rounding: magnitude).double == value.double.magnitude { break }
      }
      (digits, exponent) = DecimalDigits.parse(text)
    case .f64, .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool:
      (digits, exponent) = DecimalDigits.parse("\(value.double.magnitude)")
    }
  }

  /// The same number where it has at most `limit` digits from its first one on; else `value`, which
  /// it stands for, rounded to that many.
  func limited(to limit: Int, of value: Double) -> DecimalDigits {
    guard digits.count > limit else { return self }
    var result = self
    (result.digits, result.exponent) = DecimalDigits.parse(
      DecimalDigits.rounded(value.magnitude, max(1, limit)))
    return result
  }

  /// `value` with `count` significant digits, rounded from its exact value to nearest even.
  private static func rounded(_ value: Double, _ count: Int) -> String {
    var text = [CChar](repeating: 0, count: 64)
    withVaList([CInt(count - 1), value]) { _ = vsnprintf(&text, text.count, "%.*e", $0) }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The digits and the exponent of a positive number such as `0.001`, `12.0` or `1.5e-07`, whatever
  /// the point looks like.
  private static func parse(_ text: String) -> (digits: [UInt8], exponent: Int) {
    let parts = text.utf8.split(separator: UInt8(ascii: "e"), maxSplits: 1)
    var digits: [UInt8] = []
    var pointPosition: Int?
    for byte in parts[0] {
      if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
        digits.append(byte - UInt8(ascii: "0"))
      } else if pointPosition == nil {
        pointPosition = digits.count
      }
    }
    let leadingZeros = digits.prefix { $0 == 0 }.count
    let written = parts.count > 1 ? Int(String(decoding: parts[1], as: UTF8.self)) ?? 0 : 0
    guard leadingZeros < digits.count else { return ([0], 0) }
    let exponent = written + (pointPosition ?? digits.count) - 1 - leadingZeros
    digits.removeFirst(leadingZeros)
    while digits.last == 0 { digits.removeLast() }
    return (digits, exponent)
  }
}

extension DecimalDigits {
  /// The digits before and after the point of the number written without an exponent.
  var positional: (whole: String, fraction: String) {
    let sign = isNegative ? "-" : ""
    if exponent < 0 {
      let zeros = [UInt8](repeating: 0, count: -exponent - 1)
      let isZero = digits == [0]
      return (sign + "0", isZero ? "" : text(zeros + digits))
    }
    let count = exponent + 1
    let padding = [UInt8](repeating: 0, count: max(0, count - digits.count))
    let fraction = digits == [0] ? [] : digits.dropFirst(count)
    return (sign + text(digits.prefix(count) + padding), text(fraction))
  }

  /// The digit before and the digits after the point, and the exponent with its sign and at least
  /// `width` digits, of the number written with one.
  func scientific(
    exponentWidth width: Int = 2
  ) -> (whole: String, fraction: String, exponent: String) {
    let magnitude = String(exponent.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - magnitude.count))
    return (
      (isNegative ? "-" : "") + text(digits.prefix(1)), text(digits.dropFirst()),
      (exponent < 0 ? "-" : "+") + zeros + magnitude
    )
  }

  private func text(_ digits: some Sequence<UInt8>) -> String {
    String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
  }
}
