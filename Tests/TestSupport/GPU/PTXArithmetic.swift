/// What PTX's arithmetic instructions compute, from the bits of registers to bits.
struct PTXArithmetic {
  typealias Failure = PTXEntry.Failure

  let opcode: [String]
  let type: String

  init(_ opcode: [String]) {
    self.opcode = opcode
    type = opcode[opcode.count - 1]
  }

  static func width(_ type: String) -> Int { type == "pred" ? 1 : Int(type.dropFirst()) ?? 0 }

  static func truncated(_ bits: UInt64, _ width: Int) -> UInt64 {
    width >= 64 ? bits : bits & (1 << UInt64(width) - 1)
  }

  static func signExtended(_ bits: UInt64, _ width: Int) -> UInt64 {
    UInt64(bitPattern: Int64(bitPattern: bits << UInt64(64 - width)) >> Int64(64 - width))
  }

  private var width: Int { PTXArithmetic.width(type) }
  private var isSigned: Bool { type.hasPrefix("s") }
  private func has(_ part: String) -> Bool { opcode.contains(part) }

  func evaluate(_ values: [UInt64]) throws -> UInt64 {
    switch opcode[0] {
    case "setp": return try compare(values[0], values[1]) ? 1 : 0
    case "selp": return truncated(values[2] != 0 ? values[0] : values[1])
    case "cvt": return try convert(values[0])
    case "and": return truncated(values[0] & values[1])
    case "or": return truncated(values[0] | values[1])
    case "xor": return truncated(values[0] ^ values[1])
    case "not": return truncated(~values[0])
    default: break
    }
    if has("ftz") || has("approx") || has("full") { throw Failure("inexact arithmetic") }
    switch type {
    case "f32":
      let floats = values.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }
      return UInt64(try arithmetic(floats).bitPattern)
    case "f64": return try arithmetic(values.map { Double(bitPattern: $0) }).bitPattern
    case _ where has("wide"): return wide(values)
    default: return truncated(try integer(values))
    }
  }

  private func truncated(_ bits: UInt64) -> UInt64 { PTXArithmetic.truncated(bits, width) }

  // MARK: Floating point

  private func arithmetic<Value: BinaryFloatingPoint>(_ v: [Value]) throws -> Value {
    switch opcode[0] {
    case "add", "sub", "mul", "div", "sqrt", "rcp":
      // Without it, an assembler may contract products and sums.
      guard has("rn") else { throw Failure("rounding is left open") }
    default: break
    }
    switch opcode[0] {
    case "add": return v[0] + v[1]
    case "sub": return v[0] - v[1]
    case "mul": return v[0] * v[1]
    case "div": return v[0] / v[1]
    case "rcp": return 1 / v[0]
    case "sqrt": return v[0].squareRoot()
    case "fma":
      guard has("rn") else { throw Failure("rounding is left open") }
      return v[2].addingProduct(v[0], v[1])
    case "neg": return -v[0]
    case "abs": return abs(v[0])
    case "min", "max":
      if v[0].isNaN || v[1].isNaN {
        return has("NaN") ? .nan : v[0].isNaN ? v[1] : v[0]
      }
      if v[0] == v[1] { return (v[0].sign == .minus) == (opcode[0] == "min") ? v[0] : v[1] }
      return (v[0] < v[1]) == (opcode[0] == "min") ? v[0] : v[1]
    default: throw Failure("unknown")
    }
  }

  // MARK: Integers

  private func integer(_ v: [UInt64]) throws -> UInt64 {
    let bits = width
    func value(_ number: Int) -> Int64 {
      Int64(
        bitPattern: isSigned
          ? PTXArithmetic.signExtended(v[number], bits) : PTXArithmetic.truncated(v[number], bits))
    }
    func unsigned(_ number: Int) -> UInt64 { PTXArithmetic.truncated(v[number], bits) }
    switch opcode[0] {
    case "add": return v[0] &+ v[1]
    case "sub": return v[0] &- v[1]
    case "neg": return 0 &- v[0]
    case "mul" where has("lo"): return v[0] &* v[1]
    case "mad" where has("lo"): return v[0] &* v[1] &+ v[2]
    case "mul" where has("hi"), "mad" where has("hi"):
      let addend = opcode[0] == "mad" ? v[2] : 0
      if bits == 64 {
        let high =
          isSigned
          ? UInt64(bitPattern: value(0).multipliedFullWidth(by: value(1)).high)
          : unsigned(0).multipliedFullWidth(by: unsigned(1)).high
        return high &+ addend
      }
      return UInt64(bitPattern: (value(0) &* value(1)) >> Int64(bits)) &+ addend
    case "div":
      guard unsigned(1) != 0 else { throw Failure("division by zero") }
      if isSigned {
        guard !(value(1) == -1 && value(0) == Int64.min) else { throw Failure("overflow") }
        return UInt64(bitPattern: value(0) / value(1))
      }
      return unsigned(0) / unsigned(1)
    case "rem":
      guard unsigned(1) != 0 else { throw Failure("division by zero") }
      if isSigned {
        guard !(value(1) == -1 && value(0) == Int64.min) else { throw Failure("overflow") }
        return UInt64(bitPattern: value(0) % value(1))
      }
      return unsigned(0) % unsigned(1)
    case "min":
      return isSigned
        ? UInt64(bitPattern: min(value(0), value(1))) : min(unsigned(0), unsigned(1))
    case "max":
      return isSigned
        ? UInt64(bitPattern: max(value(0), value(1))) : max(unsigned(0), unsigned(1))
    case "abs": return UInt64(bitPattern: value(0) < 0 ? 0 &- value(0) : value(0))
    case "shl":
      let count = PTXArithmetic.truncated(v[1], 32)
      return count >= UInt64(bits) ? 0 : v[0] << count
    case "shr":
      let count = min(PTXArithmetic.truncated(v[1], 32), UInt64(bits))
      if isSigned { return UInt64(bitPattern: value(0) >> Int64(min(count, 63))) }
      return count >= UInt64(bits) ? 0 : unsigned(0) >> count
    case "popc": return UInt64(unsigned(0).nonzeroBitCount)
    case "clz": return UInt64(unsigned(0).leadingZeroBitCount - (64 - bits))
    case "brev":
      var result: UInt64 = 0
      for bit in 0..<bits where v[0] >> UInt64(bit) & 1 != 0 {
        result |= 1 << UInt64(bits - 1 - bit)
      }
      return result
    case "bfe":
      let (start, length) = (min(v[1] & 0xFF, 63), v[2] & 0xFF)
      let field = length >= 64 ? unsigned(0) >> start : (unsigned(0) >> start) & (1 << length - 1)
      return isSigned && length > 0 ? PTXArithmetic.signExtended(field, Int(length)) : field
    case "bfi":
      let (start, length) = (v[2] & 0xFF, v[3] & 0xFF)
      let mask: UInt64 = (length >= 64 ? ~0 : (1 << length - 1)) << start
      return (v[0] << start) & mask | v[1] & ~mask
    case "shf":
      let pair = v[1] << 32 | PTXArithmetic.truncated(v[0], 32)
      let count = has("wrap") ? v[2] & 31 : min(v[2] & 0xFFFF_FFFF, 32)
      return has("l") ? (pair << count) >> 32 : pair >> count
    case "prmt":
      let bytes = PTXArithmetic.truncated(v[0], 32) | v[1] << 32
      var result: UInt64 = 0
      for position in 0..<4 {
        let selector = v[2] >> UInt64(4 * position)
        var byte = bytes >> (8 * (selector & 7)) & 0xFF
        if selector & 8 != 0 { byte = byte & 0x80 != 0 ? 0xFF : 0 }
        result |= byte << UInt64(8 * position)
      }
      return result
    default: throw Failure("unknown")
    }
  }

  // MARK: Comparisons

  private func compare(_ a: UInt64, _ b: UInt64) throws -> Bool {
    let relation = opcode[1]
    switch type {
    case "f32":
      return try ordered(
        Float(bitPattern: UInt32(truncatingIfNeeded: a)),
        Float(bitPattern: UInt32(truncatingIfNeeded: b)), relation)
    case "f64": return try ordered(Double(bitPattern: a), Double(bitPattern: b), relation)
    default: break
    }
    let bits = width
    let (x, y) = (PTXArithmetic.truncated(a, bits), PTXArithmetic.truncated(b, bits))
    let (i, j) = (
      Int64(bitPattern: PTXArithmetic.signExtended(a, bits)),
      Int64(bitPattern: PTXArithmetic.signExtended(b, bits))
    )
    switch relation {
    case "eq": return x == y
    case "ne": return x != y
    case "lt", "lo": return isSigned ? i < j : x < y
    case "le", "ls": return isSigned ? i <= j : x <= y
    case "gt", "hi": return isSigned ? i > j : x > y
    case "ge", "hs": return isSigned ? i >= j : x >= y
    default: throw Failure("unknown relation")
    }
  }

  private func ordered<Value: BinaryFloatingPoint>(
    _ a: Value, _ b: Value, _ relation: String
  ) throws -> Bool {
    let isUnordered = a.isNaN || b.isNaN
    switch relation {
    case "eq": return a == b
    case "ne": return !isUnordered && a != b
    case "lt": return a < b
    case "le": return a <= b
    case "gt": return a > b
    case "ge": return a >= b
    case "equ": return isUnordered || a == b
    case "neu": return isUnordered || a != b
    case "ltu": return isUnordered || a < b
    case "leu": return isUnordered || a <= b
    case "gtu": return isUnordered || a > b
    case "geu": return isUnordered || a >= b
    case "num": return !isUnordered
    case "nan": return isUnordered
    default: throw Failure("unknown relation")
    }
  }
}
