import SExpression

extension ScalarValue {
  /// The value that a literal writes as an element of type `dtype`.
  ///
  /// - Parameters:
  ///   - form: the innermost form around the literal, at which errors point.
  ///   - file: what messages call the text.
  package init(
    _ literal: SExpression, as dtype: DType, in form: SExpression, file: String
  ) throws(SourceError) {
    guard let value = ScalarValue(dtype, reading: literal) else {
      throw SourceError(
        file: file, position: form.position, message: "no \(dtype) value",
        expected: dtype.literalDescription, found: literal.summary, form: form.summary)
    }
    self = value
  }
}

extension DType {
  /// What a literal of the type looks like, for messages.
  fileprivate var literalDescription: String {
    if self == .bool { return "true or false" }
    return isFloating
      ? "a number, which if written as an integer \(self) holds exactly"
      : "an integer that \(self) holds"
  }
}
