import Foundation
import SExpression
import ScalarIR
import TapeIR
import Testing

/// The tapes of the repository's spec files.
@Suite struct SpecTapesTests {
  private static let files: [URL] = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "IRSpecs")
    let found = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    return (found?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "tape" }
  }()

  /// A tape either reads back from its canonical text, or has the error that stands on its line.
  @Test(arguments: files)
  func tapesReadBackOrHaveTheirError(file: URL) throws {
    let text = try SourceText(
      name: file.lastPathComponent, bytes: [UInt8](Data(contentsOf: file)))
    let document = try SExpressionReader.readDocument(text)
    var source = SourceFile(name: text.name)
    for entry in document.entries {
      let lines = entry.range.start.line...entry.range.end.line
      let expected = document.comments.first {
        lines.contains($0.position.line)
          && $0.text.trimmingCharacters(in: .whitespaces).hasPrefix("error")
      }
      let count = source.tapes.count
      let error = addingError(entry.expression, to: &source)
      if let error {
        // `error: TEXT`, or with a column: `error COLUMN: TEXT`.
        let parts = try #require(expected, "\(error)").text.split(separator: ":", maxSplits: 1)
        #expect(error.description.contains(parts[1].trimmingCharacters(in: .whitespaces)))
        if let column = parts[0].split(separator: " ").lazy.compactMap({ Int($0) }).first {
          #expect(error.position.column == column)
        }
        #expect(error.position.line == expected?.position.line)
      } else {
        #expect(expected == nil, "\(text.name):\(entry.range.start): no error")
        for tape in source.tapes[count...] { try expectTextReadsBack(tape) }
      }
    }
  }

  private func expectTextReadsBack(_ tape: Tape) throws {
    try tape.verify()
    let copy = try Tape(parsing: tape.description)
    #expect(copy == tape)
    #expect(copy.description == tape.description)
  }
}

/// The error of adding a form to a file, if there is one.
func addingError(_ form: SExpression, to file: inout SourceFile) -> SourceError? {
  do throws(TapeError) {
    try file.add(form)
    return nil
  } catch {
    guard case .source(let sourceError) = error else { return nil }
    return sourceError
  }
}
