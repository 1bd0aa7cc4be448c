import SExpression

/// What came of checking one spec file.
package struct SpecReport: Sendable {
  /// The path or other name of the file.
  package let file: String
  /// The directives that were checked.
  package internal(set) var directiveCount = 0
  /// What fell short, in the order of the file.
  package internal(set) var failures: [SourceError] = []
  /// How near results are to what the file's `~` write: one a result and engine.
  package internal(set) var approximations: [Approximation] = []

  /// How the results of an engine compare with those of `cpu`, where that was asked for.
  package internal(set) var comparison = EngineComparison()

  /// How near a result is to what is written.
  package struct Approximation: Sendable {
    /// Where the directive begins.
    package let position: SourcePosition
    /// The greatest error of an element, in units of what the tolerance allows; 1 is just right.
    package let error: Double
  }

  init(file: String) { self.file = file }

  mutating func fail(
    _ position: SourcePosition, _ message: String, expected: String? = nil, found: String? = nil
  ) {
    failures.append(
      SourceError(
        file: file, position: position, message: message, expected: expected, found: found))
  }
}
