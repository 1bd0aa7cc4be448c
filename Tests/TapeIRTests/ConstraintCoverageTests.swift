import Foundation
import TapeIR
import Testing

/// The bad inputs in spec files: each constraint of each op is broken by one of them.
@Suite struct ConstraintCoverageTests {
  /// An `error` directive: `; error COLUMN CONSTRAINT: TEXT`.
  private struct BadInput {
    let column: Int?
    let constraint: String?
    let message: Substring

    init?(line: Substring) {
      guard let mark = line.range(of: "; error"),
        let colon = line[mark.upperBound...].firstIndex(of: ":")
      else { return nil }
      let words = line[mark.upperBound..<colon].split(separator: " ")
      column = words.lazy.compactMap { Int($0) }.first
      message = line[line.index(after: colon)...].drop { $0 == " " }
      let told = message.prefix { $0 != ":" }
      constraint =
        words.last.flatMap { $0.hasPrefix("C") ? String($0) : nil }
        ?? (told.hasPrefix("C") && Int(told.dropFirst()) != nil ? String(told) : nil)
    }
  }

  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "IRSpecs")

  private static func badInputs(in file: URL) throws -> [BadInput] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      .compactMap { BadInput(line: $0) }
  }

  @Test(arguments: OpTable.standard.ops) func eachConstraintIsBroken(_ op: Op) throws {
    let inputs = try Self.badInputs(in: Self.root.appending(path: "ops/\(op.name).tape"))
    let broken = Set(inputs.compactMap(\.constraint))
    for constraint in op.constraints {
      // What holds for elements of any type cannot be broken.
      if constraint.hasSuffix("elements of any type.") { continue }
      let number = String(constraint.prefix { $0 != " " })
      #expect(broken.contains(number), "no bad input for \(op.name)'s \(constraint)")
    }
  }

  /// How messages say what they expect or found.
  private static let wordings = [
    "found", "expected", "needs", "has more than", "not negative", "stands twice", "would leave",
  ]

  /// Places are exact, and messages say what was found, in hundreds of bad inputs.
  @Test func badInputsHaveExactPlaces() throws {
    var exact = 0
    let files = FileManager.default.enumerator(at: Self.root, includingPropertiesForKeys: nil)
    for case let file as URL in files ?? .init() where file.pathExtension == "tape" {
      for input in try Self.badInputs(in: file) where input.column != nil {
        exact += 1
        #expect(
          Self.wordings.contains { input.message.contains($0) },
          "\(file.lastPathComponent): \(input.message)")
      }
    }
    #expect(exact >= 200, "only \(exact) bad inputs with exact places")
  }
}
