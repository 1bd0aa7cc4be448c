import SExpression
import ScalarIR
import TapeIR
import TensorJIT

// `; fails: (TAPE ARGUMENT…) == "TEXT"`: on every engine the run ends with an error that has the text.

extension SpecRunner {
  func checkFailure(
    _ directive: Directive, _ file: SpecFile, _ report: inout SpecReport
  ) throws(SourceError) {
    let subject = try subject(of: directive, file)
    let claim = subject.claim
    guard claim.tolerance == nil, claim.values.count == 1,
      case .string(let text) = claim.values[0].kind, !text.isEmpty
    else {
      throw SourceError(
        file: file.name, position: claim.call.position, message: "malformed fails",
        expected: "(TAPE ARGUMENT…) == \"TEXT\"", found: String(directive.text))
    }
    for engine in engines {
      do throws(TensorError) {
        _ = try evaluate(engine, subject.tape, subject.inputs, bufferGuard)
        report.fail(
          directive.position, "\(subject.tape.name) does not fail on \(engine)", expected: text,
          found: "results")
      } catch {
        if error.description.contains(text) { continue }
        report.fail(
          directive.position, "\(subject.tape.name) fails otherwise on \(engine)",
          expected: text, found: error.description)
      }
    }
  }
}
