import ScalarIR
import TapeIR

/// The element type and the shape of a tensor.
public struct TensorSignature: Hashable, Sendable {
  public var elementType: ElementType
  public var shape: [Int]

  public init(_ elementType: ElementType, _ shape: [Int]) {
    self.elementType = elementType
    self.shape = shape
  }

  /// The product of the sizes.
  public var elementCount: Int { shape.reduce(1, *) }

  /// Nil where a size is symbolic.
  init?(_ type: TensorType) {
    guard let sizes = type.shape.sizes else { return nil }
    self.init(ElementType(type.dtype), sizes)
  }

  init(_ array: HostFunction.Array) { self.init(ElementType(array.dtype), array.sizes) }

  var tensorType: TensorType { TensorType(elementType.dtype, Shape(shape)) }
}

extension TensorSignature: CustomStringConvertible {
  /// The type as messages write it, such as `f32[4,8]`.
  public var description: String { tensorType.description }
}

/// What a callback is given of an operand: elements in row-major order, valid while it runs.
public struct HostOperand {
  public let signature: TensorSignature
  public let bytes: UnsafeRawBufferPointer

  /// The elements.
  ///
  /// - Throws: `TensorError.elementType` where the operand has another element type.
  public func scalars<Scalar: TensorScalar>(
    as type: Scalar.Type = Scalar.self
  ) throws(TensorError) -> UnsafeBufferPointer<Scalar> {
    try signature.check(type)
    return bytes.assumingMemoryBound(to: Scalar.self)
  }
}

/// What a callback fills: the elements of a result in row-major order, of arbitrary values before.
public struct HostResult {
  public let signature: TensorSignature
  public let bytes: UnsafeMutableRawBufferPointer

  /// The elements.
  ///
  /// - Throws: `TensorError.elementType` where the result has another element type.
  public func scalars<Scalar: TensorScalar>(
    as type: Scalar.Type = Scalar.self
  ) throws(TensorError) -> UnsafeMutableBufferPointer<Scalar> {
    try signature.check(type)
    return bytes.assumingMemoryBound(to: Scalar.self)
  }
}

extension TensorSignature {
  fileprivate func check<Scalar: TensorScalar>(_ type: Scalar.Type) throws(TensorError) {
    guard Scalar.elementType == elementType,
      MemoryLayout<Scalar>.stride == elementType.byteCount
    else {
      throw .elementType(expected: "\(Scalar.elementType)", found: "\(elementType)")
    }
  }
}
