/// A whole number of any size that is not negative: what exact reading of literals needs.
struct BigMagnitude: Comparable {
  /// The digits to base 2³², the lowest first, without zeros at the high end.
  private var limbs: [UInt32] = []

  /// The number that `digits` writes; each byte must be a digit of the radix, which is 10 or 16.
  init(digits: some Sequence<UInt8>, radix: UInt32) {
    for byte in digits {
      let digit =
        byte <= UInt8(ascii: "9")
        ? byte - UInt8(ascii: "0") : (byte | 0x20) - UInt8(ascii: "a") + 10
      multiply(by: radix, adding: UInt32(digit))
    }
  }

  init(_ value: UInt64) {
    limbs = [UInt32(truncatingIfNeeded: value), UInt32(value >> 32)]
    trim()
  }

  var isZero: Bool { limbs.isEmpty }

  /// The bits from the lowest to the highest set one.
  var bitWidth: Int {
    guard let high = limbs.last else { return 0 }
    return limbs.count * 32 - high.leadingZeroBitCount
  }

  /// The zero bits below the lowest set one; 0 for zero.
  var trailingZeroBitCount: Int {
    guard let first = limbs.firstIndex(where: { $0 != 0 }) else { return 0 }
    return first * 32 + limbs[first].trailingZeroBitCount
  }

  /// The number as a `Double`, where one holds it exactly.
  var exactDouble: Double? {
    guard bitWidth - trailingZeroBitCount <= 53, bitWidth <= 1024 else { return nil }
    return limbs.reversed().reduce(0.0) { $0 * 0x1p32 + Double($1) }
  }

  mutating func multiply(by factor: UInt32, adding addend: UInt32 = 0) {
    var carry = UInt64(addend)
    for index in limbs.indices {
      let product = UInt64(limbs[index]) * UInt64(factor) + carry
      limbs[index] = UInt32(truncatingIfNeeded: product)
      carry = product >> 32
    }
    if carry != 0 { limbs.append(UInt32(carry)) }
    trim()
  }

  /// Multiplies by `base` to the power `exponent`.
  mutating func multiply(byPowerOf base: UInt32, _ exponent: Int) {
    if base == 2 {
      multiply(by: 1 << UInt32(exponent % 32))
      if !isZero { limbs.insert(contentsOf: [UInt32](repeating: 0, count: exponent / 32), at: 0) }
    } else {
      for _ in 0..<exponent { multiply(by: base) }
    }
  }

  private mutating func trim() {
    while limbs.last == 0 { limbs.removeLast() }
  }

  static func < (a: BigMagnitude, b: BigMagnitude) -> Bool {
    if a.limbs.count != b.limbs.count { return a.limbs.count < b.limbs.count }
    return a.limbs.reversed().lexicographicallyPrecedes(b.limbs.reversed())
  }
}
