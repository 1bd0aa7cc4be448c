import ArgumentParser
import SExpression
import TapeIR
import TapePasses

/// Which tape of which file a command is about.
struct TapeSource: ParsableArguments {
  @Argument(help: "A file of tapes; - is standard input.")
  var file: String

  @Option(help: "The tape: the only one of the file, else main, else the last, where not given.")
  var entry: String?

  /// The tape, once the whole file has been read.
  func tape(_ console: Console) throws(ToolError) -> Tape {
    let text = try console.text(file)
    let source: SourceFile
    do { source = try SourceFile(text) } catch { throw ToolError(error) }
    if let entry {
      if let tape = source.tape(named: entry) { return tape }
      let names = source.tapes.map(\.name).joined(separator: ", ")
      throw .program(
        "\(text.name) has no tape \(entry); it has \(names.isEmpty ? "none" : names)")
    }
    if source.tapes.count > 1, let tape = source.tape(named: "main") { return tape }
    guard let tape = source.tapes.last else {
      throw ToolError(
        SourceError(
          file: text.name, position: .start, message: "no tape", expected: "(tape …)",
          found: text.bytes.isEmpty ? "an empty file" : "none"))
    }
    return tape
  }
}

/// The request for a gradient.
struct GradientOptions: ParsableArguments {
  @Option(
    help: """
      Differentiate the sum of the first result by the parameters, which commas separate, or by all \
      floating ones where none is named; appends results grad-NAME.
      """)
  var grad: String?

  @Flag(name: .customLong("grad-all"), help: .hidden)
  var gradAll = false

  func validate() throws {
    if grad != nil, gradAll { throw ValidationError("--grad stands twice") }
    if let names = grad?.split(separator: ",", omittingEmptySubsequences: false),
      names.contains("")
    {
      throw ValidationError("--grad needs names that commas separate, found '\(grad ?? "")'")
    }
  }

  var isRequested: Bool { grad != nil || gradAll }

  /// The parameters to differentiate by; nil for all floating ones.
  var names: [String]? { grad?.split(separator: ",").map(String.init) }

  /// The tape with the gradients that are asked for.
  func appended(to tape: Tape) throws(ToolError) -> Tape {
    guard isRequested else { return tape }
    do { return try tape.appendingGradient(withRespectTo: names) } catch { throw ToolError(error) }
  }
}
