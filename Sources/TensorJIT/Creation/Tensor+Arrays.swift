import ScalarIR
import TapeIR

extension Tensor {
  /// A tensor of rank 0 that holds the value of a variable, in the variable's type.
  ///
  /// It is an input of what is recorded on it: another value compiles nothing. (A literal as in
  /// `Tensor(2)` is a constant instead, of the type that the other operands have.)
  @_disfavoredOverload
  public init<Scalar: TensorScalar>(_ scalar: Scalar) {
    self.init(scalars: [scalar], sizes: [])
  }

  /// A tensor of the scalars in an array or in nested arrays, in their type: `[Float]` is `f32`,
  /// `[Int]` is `i64`, and so on; its rank is the depth of nesting.
  ///
  /// Arrays of different lengths at one depth make a tensor that carries the error.
  @_disfavoredOverload
  public init<Element: TensorArrayElement>(_ array: [Element]) {
    var flattened = FlattenedArray<Element.Scalar>()
    Element.flatten(array, axis: 0, into: &flattened)
    if let mismatch = flattened.mismatch {
      self.init(failure: .ragged(mismatch.axis, mismatch.expected, mismatch.found))
    } else {
      self.init(scalars: flattened.scalars, sizes: flattened.sizes)
    }
  }

  /// A tensor of the given shape, of scalars in row-major order, in their type.
  ///
  /// Scalars that do not fill the shape exactly make a tensor that carries the error.
  @_disfavoredOverload
  public init<Scalar: TensorScalar>(_ scalars: [Scalar], shape: [Int]) {
    self.init(scalars: scalars, sizes: shape)
  }

  private init<Scalar: TensorScalar>(scalars: [Scalar], sizes: [Int]) {
    let type = TensorType(Scalar.elementType.dtype, Shape(sizes))
    do throws(TensorError) {
      try type.checkData(count: scalars.count)
      guard MemoryLayout<Scalar>.stride == type.dtype.byteWidth else {
        throw .elementType(expected: type.dtype.name, found: "\(Scalar.self)")
      }
      let buffer = try Runtime.shared.allocate(byteCount: scalars.count * type.dtype.byteWidth)
      scalars.withUnsafeBytes { source in
        buffer.withUnsafeMutableBytes { $0.copyMemory(from: source) }
      }
      try self.init(made: buffer, type)
    } catch {
      self.init(failure: error)
    }
  }
}

extension TensorType {
  /// Checks that `count` scalars fill the type, and that its sizes are possible.
  func checkData(count: Int) throws(TensorError) {
    do {
      try Op.checkSize(self)
    } catch {
      throw .invalidData(error.message)
    }
    guard shape.elementCount.constant == count else {
      throw .invalidData(
        "\(self) needs \(shape.elementCount.text) scalars, found \(count)")
    }
  }
}

extension TensorError {
  /// The error for arrays of different lengths at one depth of nesting.
  static func ragged(_ axis: Int, _ expected: Int, _ found: Int) -> TensorError {
    .invalidData(
      "nested arrays need one length along axis \(axis), found \(expected) and \(found)")
  }
}
