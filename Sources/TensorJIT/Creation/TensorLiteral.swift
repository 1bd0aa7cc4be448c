import ScalarIR
import TapeIR

/// A number, a truth value or nested lists of them, written out in the source: `[[1, 2], [3, 4]]`.
public struct TensorLiteral: Sendable {
  fileprivate indirect enum Content: Sendable {
    case scalar(LiteralScalar)
    case list([TensorLiteral])
  }

  fileprivate let content: Content
}

extension TensorLiteral: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
  public init(integerLiteral value: Int) { content = .scalar(.integer(value)) }
  public init(floatLiteral value: Double) { content = .scalar(.floating(value)) }
  public init(booleanLiteral value: Bool) { content = .scalar(.boolean(value)) }
  public init(arrayLiteral elements: TensorLiteral...) { content = .list(elements) }
}

extension Tensor {
  /// A tensor of scalars that are written out: `i32` for whole numbers, `f32` where one of them has a
  /// fraction, `bool` for truth values.
  ///
  /// Lists of different lengths at one depth, numbers among truth values and numbers beyond `i32`
  /// make a tensor that carries the error.
  public init(_ literal: TensorLiteral) {
    self.init(literal) { $0 }
  }

  /// A tensor of the given shape, of scalars that are written out in row-major order: `i32`, `f32`
  /// or `bool`.
  ///
  /// Scalars that do not fill the shape exactly make a tensor that carries the error.
  public init(_ literal: TensorLiteral, shape: [Int]) {
    self.init(literal) { _ in shape }
  }

  private init(_ literal: TensorLiteral, shape: ([Int]) -> [Int]) {
    do throws(TensorError) {
      var contents = LiteralContents()
      try contents.add(literal, axis: 0)
      let type = TensorType(contents.dtype, Shape(shape(contents.sizes)))
      try type.checkData(count: contents.scalars.count)
      var bits: [UInt64] = []
      bits.reserveCapacity(contents.scalars.count)
      for scalar in contents.scalars { bits.append(try scalar.value(as: type.dtype).bits) }
      self.init(Literal(dtype: type.dtype, sizes: type.shape.sizes ?? [], bits: bits))
    } catch {
      self.init(failure: error)
    }
  }
}

/// The scalars of a literal in row-major order, and the lengths of the lists at each depth.
private struct LiteralContents {
  private(set) var scalars: [LiteralScalar] = []
  private(set) var sizes: [Int] = []
  /// The depth at which scalars stand, once there is one.
  private var depth: Int?

  /// `i32`, `f32` or `bool`, whichever fits all of the scalars.
  var dtype: DType {
    let natural = scalars.map(\.naturalType)
    if natural.contains(.f32) || scalars.isEmpty { return .f32 }
    return natural.contains(.i32) ? .i32 : .bool
  }

  mutating func add(_ literal: TensorLiteral, axis: Int) throws(TensorError) {
    switch literal.content {
    case .scalar(let scalar):
      if axis != depth ?? axis || axis < sizes.count { throw .unevenNesting }
      depth = axis
      scalars.append(scalar)
    case .list(let elements):
      if axis >= depth ?? .max { throw .unevenNesting }
      if axis == sizes.count { sizes.append(elements.count) }
      if sizes[axis] != elements.count { throw .ragged(axis, sizes[axis], elements.count) }
      for element in elements { try add(element, axis: axis + 1) }
    }
  }
}

extension TensorError {
  fileprivate static let unevenNesting = TensorError.invalidData(
    "nested lists need scalars at one depth, found a scalar beside a list")
}

extension LiteralScalar {
  /// The type that the literal has by itself.
  var naturalType: DType {
    switch self {
    case .integer: .i32
    case .floating: .f32
    case .boolean: .bool
    }
  }
}
