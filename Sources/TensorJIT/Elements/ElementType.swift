import ScalarIR

/// The type of a tensor's elements.
public enum ElementType: Hashable, Sendable, CaseIterable {
  case f64, f32, f16, bf16
  case i64, i32, i16, i8
  case u64, u32, u16, u8
  case bool

  /// Whether this is one of the four floating types.
  public var isFloating: Bool { dtype.isFloating }

  /// Whether this is one of the eight integer types; `bool` is not.
  public var isInteger: Bool { dtype.isInteger }

  /// The bytes that one element takes.
  public var byteCount: Int { dtype.byteWidth }

  init(_ dtype: DType) {
    self =
      switch dtype {
      case .f64: .f64
      case .f32: .f32
      case .f16: .f16
      case .bf16: .bf16
      case .i64: .i64
      case .i32: .i32
      case .i16: .i16
      case .i8: .i8
      case .u64: .u64
      case .u32: .u32
      case .u16: .u16
      case .u8: .u8
      case .bool: .bool
      }
  }

  var dtype: DType {
    switch self {
    case .f64: .f64
    case .f32: .f32
    case .f16: .f16
    case .bf16: .bf16
    case .i64: .i64
    case .i32: .i32
    case .i16: .i16
    case .i8: .i8
    case .u64: .u64
    case .u32: .u32
    case .u16: .u16
    case .u8: .u8
    case .bool: .bool
    }
  }
}

extension ElementType: CustomStringConvertible {
  /// The name, such as `f32`.
  public var description: String { dtype.name }
}
