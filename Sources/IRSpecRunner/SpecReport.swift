import SExpression

/// What came of checking one spec file.
package struct SpecReport: Sendable {
  /// The path or other name of the file.
  package let file: String
  /// The directives that were checked.
  package internal(set) var directiveCount = 0
  /// What fell short, in the order of the file.
  package internal(set) var failures: [SourceError] = []

  init(file: String) { self.file = file }

  mutating func fail(
    _ position: SourcePosition, _ message: String, expected: String? = nil, found: String? = nil
  ) {
    failures.append(
      SourceError(
        file: file, position: position, message: message, expected: expected, found: found))
  }
}
