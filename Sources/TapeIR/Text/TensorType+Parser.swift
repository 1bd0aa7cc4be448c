import SExpression
import ScalarIR

extension TensorType {
  /// The type that an expression such as `f32[4,2*B+1]` writes.
  ///
  /// - Parameters:
  ///   - form: the innermost form around the expression, at which errors point.
  ///   - file: what messages call the text.
  package init(
    _ expression: SExpression, in form: SExpression, file: String
  ) throws(SourceError) {
    guard case .type(let name, let sizes) = expression.kind else {
      throw SourceError(
        file: file, position: form.position, message: "no type",
        expected: "a type such as f32[4,8]", found: expression.summary, form: form.summary)
    }
    let dtype = try DType(name, in: form, file: file)
    var dims: [Dim] = []
    for size in sizes { dims.append(try Dim(size, in: form, file: file)) }
    self.init(dtype, Shape(dims))
    do {
      try Op.checkSize(self)
    } catch {
      throw SourceError(
        file: file, position: form.position, message: "\(error.constraint): \(error.message)",
        form: form.summary)
    }
  }
}

extension DType {
  /// The element type called `name`.
  fileprivate init(_ name: String, in form: SExpression, file: String) throws(SourceError) {
    guard let dtype = DType(name: name) else {
      throw SourceError(
        file: file, position: form.position, message: "unknown element type",
        expected: DType.allCases.map(\.name).joined(separator: " "), found: name,
        form: form.summary)
    }
    self = dtype
  }

  /// The element type that an expression names.
  package init(_ expression: SExpression, in form: SExpression, file: String) throws(SourceError) {
    try self.init(expression.symbol ?? expression.summary, in: form, file: file)
  }
}
