/// The element type of a tensor or of a scalar.
package enum DType: UInt8, Hashable, Sendable, CaseIterable {
  case f64, f32, f16, bf16
  case i64, i32, i16, i8
  case u64, u32, u16, u8
  case bool
}

extension DType {
  /// The name in the text form, for example `f32`.
  package var name: String {
    switch self {
    case .f64: "f64"
    case .f32: "f32"
    case .f16: "f16"
    case .bf16: "bf16"
    case .i64: "i64"
    case .i32: "i32"
    case .i16: "i16"
    case .i8: "i8"
    case .u64: "u64"
    case .u32: "u32"
    case .u16: "u16"
    case .u8: "u8"
    case .bool: "bool"
    }
  }

  /// The type that the text form calls `name`, if there is one.
  package init?(name: some StringProtocol) {
    guard let match = DType.allCases.first(where: { $0.name == name }) else { return nil }
    self = match
  }

  /// The width of the value itself in bits; `bool` has one.
  package var bitWidth: Int {
    switch self {
    case .f64, .i64, .u64: 64
    case .f32, .i32, .u32: 32
    case .f16, .bf16, .i16, .u16: 16
    case .i8, .u8: 8
    case .bool: 1
    }
  }

  /// The bytes that one element takes in memory; a `bool` takes one byte, 0 or 1.
  package var byteWidth: Int { max(1, bitWidth / 8) }

  package var isFloating: Bool {
    switch self {
    case .f64, .f32, .f16, .bf16: true
    case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool: false
    }
  }

  /// Whether this is one of the eight integer types; `bool` is not.
  package var isInteger: Bool { isSignedInteger || isUnsignedInteger }

  package var isSignedInteger: Bool {
    switch self {
    case .i64, .i32, .i16, .i8: true
    case .f64, .f32, .f16, .bf16, .u64, .u32, .u16, .u8, .bool: false
    }
  }

  package var isUnsignedInteger: Bool {
    switch self {
    case .u64, .u32, .u16, .u8: true
    case .f64, .f32, .f16, .bf16, .i64, .i32, .i16, .i8, .bool: false
    }
  }

  /// Whether this is a floating or an integer type.
  package var isNumber: Bool { self != .bool }

  /// The type in which arithmetic on this type is done: `f32` for `f16` and `bf16`, else itself.
  package var computeType: DType {
    switch self {
    case .f16, .bf16: .f32
    case .f64, .f32, .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool: self
    }
  }

  /// A mask of the bits that a value of this type may occupy in a 64-bit word.
  package var bitMask: UInt64 { bitWidth == 64 ? ~0 : (1 << UInt64(bitWidth)) - 1 }

  /// The unsigned (or, for `bool`, itself) integer type of the same width.
  package var unsignedCounterpart: DType {
    switch bitWidth {
    case 64: .u64
    case 32: .u32
    case 16: .u16
    case 8: .u8
    default: .bool
    }
  }

  /// The signed (or, for `bool`, itself) integer type of the same width.
  package var signedCounterpart: DType {
    switch bitWidth {
    case 64: .i64
    case 32: .i32
    case 16: .i16
    case 8: .i8
    default: .bool
    }
  }
}

extension DType: CustomStringConvertible {
  package var description: String { name }
}
