import SExpression
import ScalarIR
import TapeIR

/// A spec file: tapes, and comments that say what comes of them.
///
/// `init` reads it and elaborates it form by form, so that a form with an error, expected or not,
/// keeps none of the others from being checked.
struct SpecFile {
  let name: String
  let document: SourceDocument
  let directives: [Directive]
  /// The tapes with their places, in order.
  private(set) var tapes: [(tape: Tape, range: SourceRange)] = []
  /// The errors of forms, each with the form's place.
  private(set) var errors: [(error: SourceError, range: SourceRange)] = []

  /// - Throws: `SourceError` where the text is no sequence of expressions.
  init(_ text: SourceText) throws(SourceError) {
    name = text.name
    document = try SExpressionReader.readDocument(text)
    directives = Directive.all(in: document.comments)
    var source = SourceFile(name: text.name)
    for entry in document.entries {
      let known = source.tapes.count
      do {
        try source.add(entry.expression)
        if source.tapes.count > known { tapes.append((source.tapes[known], entry.range)) }
      } catch {
        errors.append((SpecFile.sourceError(error, name, entry.range.start), entry.range))
      }
    }
  }

  private static func sourceError(
    _ error: TapeError, _ file: String, _ position: SourcePosition
  ) -> SourceError {
    switch error {
    case .source(let sourceError): sourceError
    case .constraint, .malformed, .gradient, .data, .index, .host:
      SourceError(file: file, position: position, message: error.description)
    }
  }

  func tape(named name: String) -> Tape? { tapes.first { $0.tape.name == name }?.tape }

  /// The tape that ends last before a place.
  func tape(above position: SourcePosition) -> Tape? {
    tapes.last { $0.range.end < position || $0.range.start < position }?.tape
  }
}

extension SourceRange {
  /// Whether a line holds some of the range.
  func covers(line: Int) -> Bool { start.line...end.line ~= line }
}

/// The tapes of a spec file that are right.
///
/// - Throws: `SourceError` where the text is no sequence of expressions.
package func specTapes(_ text: SourceText) throws(SourceError) -> [Tape] {
  try SpecFile(text).tapes.map(\.tape)
}
