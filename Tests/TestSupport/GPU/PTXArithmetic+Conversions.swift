// Conversions, and products wider than their operands.

extension PTXArithmetic {
  /// `cvt`: the last part is the source's type, the one before it the result's.
  func convert(_ bits: UInt64) throws -> UInt64 {
    let source = type
    let target = opcode[opcode.count - 2]
    if opcode.contains("ftz") || opcode.contains("sat") { throw Failure("inexact conversion") }
    if source.hasPrefix("f") {
      let value = try Self.float(bits, source)
      return target.hasPrefix("f")
        ? try toFloat(value, target, from: source)
        : filling(try toInteger(value, target, from: source), target)
    }
    let width = Self.width(source)
    let extended =
      source.hasPrefix("s") ? Self.signExtended(bits, width) : Self.truncated(bits, width)
    guard target.hasPrefix("f") else { return filling(extended, target) }
    guard opcode.contains("rn") else { throw Failure("rounding is left open") }
    switch (target, source.hasPrefix("s")) {
    case ("f32", true): return UInt64(Float(Int64(bitPattern: extended)).bitPattern)
    case ("f32", false): return UInt64(Float(extended).bitPattern)
    case ("f64", true): return Double(Int64(bitPattern: extended)).bitPattern
    case ("f64", false): return Double(extended).bitPattern
    case ("f16", true): return UInt64(Float16(Int64(bitPattern: extended)).bitPattern)
    case ("f16", false): return UInt64(Float16(extended).bitPattern)
    default: throw Failure("unknown conversion")
    }
  }

  /// A result in a register that may be wider than its type.
  private func filling(_ bits: UInt64, _ target: String) -> UInt64 {
    let width = Self.width(target)
    return target.hasPrefix("s") ? Self.signExtended(bits, width) : Self.truncated(bits, width)
  }

  private static func float(_ bits: UInt64, _ type: String) throws -> Double {
    switch type {
    case "f16": Double(Float16(bitPattern: UInt16(truncatingIfNeeded: bits)))
    case "f32": Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case "f64": Double(bitPattern: bits)
    default: throw Failure("type \(type)")
    }
  }

  private func toFloat(_ value: Double, _ target: String, from source: String) throws -> UInt64 {
    var value = value
    if opcode.contains("rni") { value.round(.toNearestOrEven) }
    if opcode.contains("rzi") { value.round(.towardZero) }
    if opcode.contains("rmi") { value.round(.down) }
    if opcode.contains("rpi") { value.round(.up) }
    if Self.width(target) < Self.width(source), !opcode.contains("rn") {
      throw Failure("rounding is left open")
    }
    switch target {
    case "f16": return UInt64(Float16(value).bitPattern)
    case "f32": return UInt64(Float(value).bitPattern)
    case "f64": return value.bitPattern
    default: throw Failure("type \(target)")
    }
  }

  /// Out of range values are clamped. A NaN is 0 only where neither type has 64 bits.
  private func toInteger(_ value: Double, _ target: String, from source: String) throws -> UInt64 {
    var value = value
    guard let direction = opcode.first(where: { ["rni", "rzi", "rmi", "rpi"].contains($0) }) else {
      throw Failure("rounding is left open")
    }
    let width = Self.width(target)
    if value.isNaN { return source == "f64" || width == 64 ? 1 << UInt64(width - 1) : 0 }
    switch direction {
    case "rni": value.round(.toNearestOrEven)
    case "rzi": value.round(.towardZero)
    case "rmi": value.round(.down)
    default: value.round(.up)
    }
    if target.hasPrefix("s") {
      let limit = Int64.max >> Int64(64 - width)
      if value >= -Double(-limit - 1) { return Self.truncated(UInt64(bitPattern: limit), width) }
      if value < Double(-limit - 1) { return Self.truncated(UInt64(bitPattern: -limit - 1), width) }
      return Self.truncated(UInt64(bitPattern: Int64(value)), width)
    }
    if value <= 0 { return 0 }
    let limit = UInt64.max >> UInt64(64 - width)
    return value >= Double(limit) ? limit : UInt64(value)
  }

  /// The whole product of two integers of half its width, and a sum with one.
  func wide(_ v: [UInt64]) -> UInt64 {
    let narrow = Self.width(type)
    let isSigned = type.hasPrefix("s")
    func extended(_ bits: UInt64) -> UInt64 {
      isSigned ? Self.signExtended(bits, narrow) : Self.truncated(bits, narrow)
    }
    let product = extended(v[0]) &* extended(v[1])
    return Self.truncated(v.count == 3 ? product &+ v[2] : product, 2 * narrow)
  }
}
