import ScalarIR

/// A Swift type whose values can be elements of a tensor.
///
/// The conforming types are those listed here; a type of your own does not gain anything from
/// conforming.
public protocol TensorScalar: TensorArrayElement, Sendable where Scalar == Self {
  /// The element type of tensors made of values of this type.
  static var elementType: ElementType { get }
}

extension TensorScalar {
  /// The value with its element type, or nil for a type whose layout is not the element type's.
  var scalarValue: ScalarValue? {
    let dtype = Self.elementType.dtype
    guard MemoryLayout<Self>.size == dtype.byteWidth else { return nil }
    let bits = withUnsafeBytes(of: self) { bytes in
      bytes.enumerated().reduce(0 as UInt64) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
    }
    return ScalarValue(dtype, bits: bits)
  }
}

extension Double: TensorScalar {
  public static var elementType: ElementType { .f64 }
}

extension Float: TensorScalar {
  public static var elementType: ElementType { .f32 }
}

extension Float16: TensorScalar {
  public static var elementType: ElementType { .f16 }
}

extension Int: TensorScalar {
  public static var elementType: ElementType { .i64 }
}

extension Int64: TensorScalar {
  public static var elementType: ElementType { .i64 }
}

extension Int32: TensorScalar {
  public static var elementType: ElementType { .i32 }
}

extension Int16: TensorScalar {
  public static var elementType: ElementType { .i16 }
}

extension Int8: TensorScalar {
  public static var elementType: ElementType { .i8 }
}

extension UInt64: TensorScalar {
  public static var elementType: ElementType { .u64 }
}

extension UInt32: TensorScalar {
  public static var elementType: ElementType { .u32 }
}

extension UInt16: TensorScalar {
  public static var elementType: ElementType { .u16 }
}

extension UInt8: TensorScalar {
  public static var elementType: ElementType { .u8 }
}

extension Bool: TensorScalar {
  public static var elementType: ElementType { .bool }
}
