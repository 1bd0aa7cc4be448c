import SExpression
import TapeIR
import TensorJIT

// `; dump: STAGE [TAPE] [:grad true]` hands the text of a tape after a stage to FileCheck: of the
// tape above, or of the one that is named, with its gradients appended where they are asked for.
//
// FileCheck is given the file's `; CHECK` lines, or, where the file dumps more than once, those from
// the directive to the next (and before the first one), at the lines where they stand.

extension SpecRunner {
  func checkDump(
    _ directive: Directive, _ file: SpecFile, _ report: inout SpecReport
  ) throws(SourceError) {
    let request = try DumpRequest(directive, file)
    let checks = file.checkLines(for: directive)
    guard checks.contains(where: { $0.text[...].trimmed.hasPrefix("CHECK") }) else {
      throw SourceError(
        file: file.name, position: directive.position, message: "nothing to check",
        expected: "; CHECK lines", found: "none")
    }
    let text: String
    do throws(TensorError) { text = try request.text() } catch {
      report.fail(
        directive.position, "\(request.tape.name) fails on the way to \(request.stage)",
        found: error.description)
      return
    }
    do throws(FileError) {
      let complaint = try FileCheck.complaint(checks: checks, input: text, file: file.name)
      guard let complaint else { return }
      report.fail(
        directive.position,
        "the text of \(request.tape.name) after \(request.stage) is another one",
        expected: "what the CHECK lines say", found: complaint)
    } catch {
      report.fail(directive.position, error.description)
    }
  }
}

/// What a `dump` directive asks for.
private struct DumpRequest {
  let stage: String
  let tape: Tape
  var options = PipelineOptions()

  init(_ directive: Directive, _ file: SpecFile) throws(SourceError) {
    func error(_ message: String, _ expected: String, _ found: String) -> SourceError {
      SourceError(
        file: file.name, position: directive.position, message: message, expected: expected,
        found: found)
    }
    var words = directive.text.split(separator: " ")[...]
    let stage = words.popFirst().map(String.init) ?? ""
    let target = CodeTarget.allKinds.first { Pipeline.stageNames(for: $0).contains(stage) }
    guard let target else {
      let names = CodeTarget.allKinds.flatMap(Pipeline.stageNames)
      throw error("unknown stage", names.joined(separator: ", "), stage)
    }
    options.target = target
    self.stage = stage
    options.verifiesPasses = true
    var name: String?
    while let word = words.popFirst() {
      switch word {
      case ":grad":
        guard words.popFirst() == "true" else {
          throw error("malformed dump", ":grad true", String(directive.text))
        }
        options.gradient = GradientRequest()
      case _ where name == nil && !word.hasPrefix(":"): name = String(word)
      default: throw error("malformed dump", "STAGE [TAPE] [:grad true]", String(word))
      }
    }
    guard let tape = name.map(file.tape(named:)) ?? file.tape(above: directive.position) else {
      throw error("no tape to dump", "a tape above that is right", name ?? "none")
    }
    self.tape = tape
  }

  func text() throws(TensorError) -> String {
    var text = ""
    try Pipeline.walk(tape, options: options, through: stage) {
      (reached, print) throws(TensorError) in
      if reached == stage { text = try print() }
    }
    return text
  }
}

extension SpecFile {
  /// The comments that FileCheck is given for a `dump`.
  fileprivate func checkLines(for directive: Directive) -> [SourceDocument.Comment] {
    let dumps = directives.filter { $0.kind == .dump }.map(\.position)
    let start = dumps.first == directive.position ? SourcePosition.start : directive.position
    let end = dumps.first { $0 > directive.position }
    return document.comments.filter { comment in
      comment.position >= start && end.map { comment.position < $0 } ?? true
        && !directives.contains { $0.position == comment.position }
    }
  }
}
