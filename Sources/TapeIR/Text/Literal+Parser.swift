import SExpression
import ScalarIR

extension Literal {
  /// The elements of a tensor of type `type` that an expression writes: a scalar, which fills it, or
  /// a nested list of exactly its shape.
  ///
  /// - Parameters:
  ///   - form: the innermost form around the expression, at which errors point.
  ///   - file: what messages call the text.
  package init(
    _ expression: SExpression, as type: TensorType, in form: SExpression, file: String
  ) throws(SourceError) {
    guard expression.listElements != nil else {
      self.init(splat: try ScalarValue(expression, as: type.dtype, in: form, file: file))
      return
    }
    guard let sizes = type.shape.sizes else {
      throw SourceError(
        file: file, position: form.position, message: "a list for a type of symbolic sizes",
        expected: "a scalar", found: expression.summary, form: form.summary)
    }
    var reader = LiteralReader(type: type, sizes: sizes, form: form, file: file)
    try reader.read(expression, axis: 0)
    self.init(dtype: type.dtype, sizes: sizes, bits: reader.bits)
  }
}

/// Gathers the elements of a nested list.
private struct LiteralReader {
  let type: TensorType
  let sizes: [Int]
  let form: SExpression
  let file: String
  var bits: [UInt64] = []

  mutating func read(_ expression: SExpression, axis: Int) throws(SourceError) {
    guard axis < sizes.count else {
      bits.append(try ScalarValue(expression, as: type.dtype, in: form, file: file).bits)
      return
    }
    guard let elements = expression.listElements else {
      throw error(axis, found: expression.summary)
    }
    // The list of a tensor without elements may end at any of its axes of size 0.
    guard elements.count == sizes[axis] else { throw error(axis, found: "\(elements.count)") }
    for element in elements { try read(element, axis: axis + 1) }
  }

  private func error(_ axis: Int, found: String) -> SourceError {
    SourceError(
      file: file, position: form.position, message: "no list of the shape of \(type)",
      expected: "a list of \(sizes[axis]) along axis \(axis)", found: found, form: form.summary)
  }
}
