// Logic on `bool` elements (bitwise on integers), under the names that Swift's SIMD masks use.

extension Tensor {
  /// The negation of each element.
  public static prefix func .! (a: Tensor) -> Tensor { elementwise(.not, a) }

  /// Whether both of each two elements hold.
  public static func .& (a: Tensor, b: Tensor) -> Tensor { elementwise(.and, a, b) }

  /// Whether one or both of each two elements hold.
  public static func .| (a: Tensor, b: Tensor) -> Tensor { elementwise(.or, a, b) }

  /// Whether exactly one of each two elements holds.
  public static func .^ (a: Tensor, b: Tensor) -> Tensor { elementwise(.xor, a, b) }
}
