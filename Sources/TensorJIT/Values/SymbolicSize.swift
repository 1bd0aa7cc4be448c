import ScalarIR
import TapeIR

/// The size of an axis that need not be known: a number, a symbol such as `B`, or an expression of
/// them.
///
///     let b = SymbolicSize("B")
///     let x = Tensor(placeholder: .f32, [b, 64])
///     let y = [x, x].concatenated().matmul(Tensor.zeros([64, 10]))
///     print(try y.sizes)                       // [2*B, 10]
public struct SymbolicSize: Hashable, Sendable, ExpressibleByIntegerLiteral {
  let dim: Dim

  init(_ dim: Dim) { self.dim = dim }

  /// The size called `name`; sizes of one name are the same.
  ///
  /// - Parameter name: a letter, then letters, digits and underscores; of anything else, only those
  ///   characters are taken.
  public init(_ name: String) {
    let allowed = name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    dim = .symbol(allowed.first?.isNumber ?? true ? "_" + allowed : allowed)
  }

  /// A number.
  public init(integerLiteral value: Int) { dim = .constant(value) }

  /// `count` sizes that are called A, B, …, Z, A1, B1, …
  public static func fresh(_ count: Int) -> [SymbolicSize] {
    (0..<count).map { number in
      let letter = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(number % 26)))
      return SymbolicSize(number < 26 ? letter : letter + String(number / 26))
    }
  }

  /// The number, where the size is one.
  public var constant: Int? { dim.constant }

  public static func + (a: SymbolicSize, b: SymbolicSize) -> SymbolicSize {
    SymbolicSize(a.dim + b.dim)
  }

  public static func - (a: SymbolicSize, b: SymbolicSize) -> SymbolicSize {
    SymbolicSize(a.dim - b.dim)
  }

  public static func * (a: SymbolicSize, b: SymbolicSize) -> SymbolicSize {
    SymbolicSize(a.dim * b.dim)
  }
}

extension SymbolicSize: CustomStringConvertible {
  /// The size as tape text writes it.
  public var description: String { dim.text }
}

extension Tensor {
  /// A tensor without data, of sizes that need not be known: what is computed from it has types, by
  /// the shape rules of the ops, and errors, but no values.
  ///
  /// Sizes below zero, or too many, make a tensor that carries the error.
  public init(placeholder elementType: ElementType, _ sizes: [SymbolicSize]) {
    let type = TensorType(elementType.dtype, Shape(sizes.map(\.dim)))
    do {
      try Op.checkSize(type)
      self.init(TensorHandle(Slot(type, .abstract, dependsOnArgument: true)))
    } catch {
      self.init(failure: TensorError(.constant, [], error))
    }
  }

  /// The size along each axis, known or not.
  ///
  /// - Throws: the error that the tensor carries.
  public var sizes: [SymbolicSize] {
    get throws(TensorError) { try tensorType.shape.dims.map { SymbolicSize($0) } }
  }
}
