import SExpression

/// A reader of foreign input, with what must hold for every input.
package enum FuzzTarget: String, CaseIterable, Sendable {
  /// S-expressions: what is printed of a text reads back to it; macros expand.
  case text
  /// Files of tapes, models and rules: what is read is valid, reads back, and can be compiled.
  case tapes
  /// Files of rewrite rules, applied to a tape.
  case rules
  /// Loop programs: what is read reads back, and transforms keep what is valid so.
  case loops
  /// `.npy` files: what is read is written and read again without change.
  case arrays
  /// Spec files and their directives, but for `dump`, which runs another program.
  case specs

  /// Reads an input. An error of the input is what it is there for.
  ///
  /// - Throws: `FuzzFinding` where something does not hold.
  package func check(_ bytes: [UInt8]) throws(FuzzFinding) {
    switch self {
    case .text: try checkText(bytes)
    case .tapes: try checkTapes(bytes)
    case .rules: try checkRules(bytes)
    case .loops: try checkLoops(bytes)
    case .arrays: try checkArray(bytes)
    case .specs: checkSpecs(bytes)
    }
  }
}

/// What does not hold for an input.
package struct FuzzFinding: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

/// The bytes as a text to read; nil where they are no UTF-8.
func sourceText(_ bytes: [UInt8]) -> SourceText? {
  do { return try SourceText(name: "input", bytes: bytes) } catch { return nil }
}

/// The text's expressions; nil where it has none to give.
func expressions(_ text: SourceText) -> [SExpression]? {
  do { return try SExpressionReader.readAll(text) } catch { return nil }
}
