import ScalarIR

/// How the elements of one array are written, so that they line up: NumPy's way with its default
/// settings (`precision=8`, `floatmode='maxprec'`, `suppress=False`).
///
/// Source: `numpy/_core/arrayprint.py`, version 2.4.
enum ElementFormat {
  /// Right-aligned in a width.
  case aligned(Int)
  /// With a point, in so many places before and after it.
  case positional(whole: Int, fraction: Int)
  /// With an exponent: places before and after the point, digits of the exponent.
  case scientific(whole: Int, fraction: Int, exponent: Int)

  /// The most digits after the point.
  private static let precision = 8

  /// The format for the elements that will be shown.
  init(_ elements: [ScalarValue]) {
    guard let dtype = elements.first?.dtype, dtype.isFloating else {
      // Truth values take the width of "false" in any case, as NumPy's do.
      let width = elements.map { $0.description.count }.max() ?? 0
      self = .aligned(elements.first?.dtype == .bool ? 5 : width)
      return
    }
    let finite = elements.filter { $0.double.isFinite }
    let special = elements.filter { !$0.double.isFinite }
    let specialWidth = special.map { $0.description.count }.max() ?? 0
    if finite.isEmpty {
      self = .positional(whole: specialWidth - 1, fraction: 0)
    } else if ElementFormat.needsExponent(finite, dtype) {
      let parts = finite.map { ElementFormat.scientificDigits($0).scientific() }
      let fraction = parts.map(\.fraction.count).max() ?? 0
      let exponent = (parts.map(\.exponent.count).max() ?? 3) - 1
      let whole = parts.map(\.whole.count).max() ?? 1
      self = .scientific(
        whole: max(whole, specialWidth - fraction - exponent - 3), fraction: fraction,
        exponent: exponent)
    } else {
      let parts = finite.map { ElementFormat.positionalDigits($0).positional }
      let fraction = parts.map(\.fraction.count).max() ?? 0
      let whole = parts.map(\.whole.count).max() ?? 1
      self = .positional(whole: max(whole, specialWidth - fraction - 1), fraction: fraction)
    }
  }

  /// The element in its column.
  func text(_ value: ScalarValue) -> String {
    switch self {
    case .aligned(let width):
      return padded(value.description, to: width)
    case .positional(let whole, let fraction):
      guard value.double.isFinite else {
        return padded(value.description, to: whole + 1 + fraction)
      }
      let parts = ElementFormat.positionalDigits(value).positional
      return padded(parts.whole, to: whole) + "." + parts.fraction
        + String(repeating: " ", count: fraction - parts.fraction.count)
    case .scientific(let whole, let fraction, let exponent):
      guard value.double.isFinite else {
        return padded(value.description, to: whole + fraction + exponent + 3)
      }
      let parts = ElementFormat.scientificDigits(value).scientific(exponentWidth: exponent)
      return padded(parts.whole, to: whole) + "." + parts.fraction
        + String(repeating: "0", count: fraction - parts.fraction.count) + "e" + parts.exponent
    }
  }

  /// A scalar that stands alone: the fewest digits that tell it from others.
  static func scalarText(_ value: ScalarValue) -> String {
    guard value.dtype.isFloating, value.double.isFinite else { return value.description }
    let digits = DecimalDigits(shortest: value)
    let magnitude = value.double.magnitude
    let limit = value.dtype == .f64 ? 1e16 : exponentLimit(value.dtype)
    if magnitude != 0, magnitude < 1e-4 || magnitude >= limit {
      let parts = digits.scientific()
      return parts.whole + (parts.fraction.isEmpty ? "" : ".") + parts.fraction + "e"
        + parts.exponent
    }
    let parts = digits.positional
    return parts.whole + "." + (parts.fraction.isEmpty ? "0" : parts.fraction)
  }
}

extension ElementFormat {
  /// The magnitude from which on numbers in arrays are written with an exponent.
  private static func exponentLimit(_ dtype: DType) -> Double {
    switch dtype {
    case .f32: 1e6
    case .f16: 1e3
    case .bf16: 1e2
    case .f64, .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool: 1e8
    }
  }

  /// Whether the numbers are very large, very small, or of very different magnitudes.
  private static func needsExponent(_ finite: [ScalarValue], _ dtype: DType) -> Bool {
    let magnitudes = finite.map(\.double.magnitude).filter { $0 != 0 }
    guard let least = magnitudes.min(), let greatest = magnitudes.max() else { return false }
    if greatest >= exponentLimit(dtype) { return true }
    // Compared in the elements' type, as NumPy does.
    switch dtype {
    case .f32, .bf16: return Float(least) < 0.0001 || Float(greatest) / Float(least) > 1000
    case .f16: return Float16(least) < 0.0001 || Float16(greatest) / Float16(least) > 1000
    case .f64, .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool:
      return least < 0.0001 || greatest / least > 1000
    }
  }

  private static func positionalDigits(_ value: ScalarValue) -> DecimalDigits {
    let digits = DecimalDigits(shortest: value)
    return digits.limited(to: digits.exponent + 1 + precision, of: value.double)
  }

  private static func scientificDigits(_ value: ScalarValue) -> DecimalDigits {
    DecimalDigits(shortest: value).limited(to: 1 + precision, of: value.double)
  }

  private func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
