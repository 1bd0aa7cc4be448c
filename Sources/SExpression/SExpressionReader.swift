/// Turns text into expressions; it keeps its own stack, so no text can exhaust the thread's.
package enum SExpressionReader {
  /// The most brackets that may be open at once.
  package static let nestingLimit = 512

  /// The most characters of a number.
  package static let numberLengthLimit = 10_000

  /// The expressions of a text, in order.
  ///
  /// - Throws: `SourceError` at the first place that does not fit the grammar.
  /// - Complexity: O(bytes).
  package static func readAll(_ text: SourceText) throws(SourceError) -> [SExpression] {
    var reader = Reader(text, keepsDetails: false)
    try reader.run()
    return reader.nodes
  }

  /// The expressions of a text with the stretch that each covers, and its comments.
  ///
  /// - Throws: `SourceError` at the first place that does not fit the grammar.
  /// - Complexity: O(bytes).
  package static func readDocument(_ text: SourceText) throws(SourceError) -> SourceDocument {
    var reader = Reader(text, keepsDetails: true)
    try reader.run()
    let entries = zip(reader.nodes, reader.ends).map { expression, end in
      SourceDocument.Entry(
        expression: expression, range: SourceRange(start: expression.position, end: end))
    }
    return SourceDocument(entries: entries, comments: reader.comments)
  }

  /// The only expression of a text.
  ///
  /// - Throws: `SourceError` also for none and for more than one.
  /// - Complexity: O(bytes).
  package static func readOne(_ text: SourceText) throws(SourceError) -> SExpression {
    let expressions = try readAll(text)
    guard let first = expressions.first else {
      throw SourceError(
        file: text.name, position: .start, message: "nothing to read",
        expected: "one expression", found: "end of file")
    }
    guard expressions.count == 1 else {
      throw SourceError(
        file: text.name, position: expressions[1].position, message: "more than one expression",
        expected: "end of file", found: expressions[1].summary)
    }
    return first
  }
}

/// What a text holds besides its expressions: where they end, and the comments between and in them.
package struct SourceDocument: Sendable, Hashable {
  /// An expression that stands in no other.
  package struct Entry: Sendable, Hashable {
    /// The expression.
    package let expression: SExpression

    /// From its first character to just past its last.
    package let range: SourceRange
  }

  /// A comment, from its semicolon to the end of the line.
  package struct Comment: Sendable, Hashable {
    /// What follows the first semicolon, without the line's end.
    package let text: String

    /// Where the semicolon stands.
    package let position: SourcePosition

    /// Whether only white space stands before it on its line.
    package let isAlone: Bool
  }

  /// The expressions that stand in no other, in order.
  package let entries: [Entry]

  /// All comments, in order.
  package let comments: [Comment]
}
