import DeviceRuntime
import SExpression
import ScalarIR
import TapeIR
import TensorJIT

/// Checks spec files: what their directives say against what comes of their tapes.
package struct SpecRunner: Sendable {
  /// What tapes run on.
  package var engines: [SpecEngine] = SpecEngine.allCases
  /// The engine whose results of each `run` and `grad` are also held against those of `cpu`.
  package var compared: SpecEngine?
  /// How a tape is run on an engine.
  package var evaluate: Evaluation = {
    (engine, tape, inputs, bufferGuard) throws(TensorError) in
    try engine.run(tape, inputs, bufferGuard: bufferGuard)
  }
  /// The directives that are held against what comes of the tapes; others are only read.
  package var checkedKinds = Set(Directive.Kind.allCases)
  /// Where pages that cannot be touched lie beside the buffers of compiled code.
  package var bufferGuard = BufferGuard.none

  package typealias Evaluation =
    @Sendable (SpecEngine, Tape, [Literal], BufferGuard) throws(TensorError) -> [Literal]

  package init() {}

  /// What falls short in the text of a spec file.
  package func check(_ text: SourceText) -> SpecReport {
    var report = SpecReport(file: text.name)
    do throws(SourceError) {
      let file = try SpecFile(text)
      report.directiveCount = file.directives.count
      checkErrors(of: file, &report)
      for directive in file.directives where checkedKinds.contains(directive.kind) {
        do throws(SourceError) {
          switch directive.kind {
          case .run: try checkRun(directive, file, &report)
          case .fails: try checkFailure(directive, file, &report)
          case .grad: try checkGradient(directive, file, &report)
          case .dump: try checkDump(directive, file, &report)
          case .error: break
          }
        } catch {
          report.failures.append(error)
        }
      }
      report.failures.sort {
        ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column)
      }
    } catch {
      checkUnreadable(text, error, &report)
    }
    return report
  }
}

// MARK: - Errors

extension SpecRunner {
  /// Holds the errors of the file's forms against its `error` directives.
  private func checkErrors(of file: SpecFile, _ report: inout SpecReport) {
    let expected = file.directives.filter { $0.kind == .error }
    var met: Set<Int> = []
    for (error, range) in file.errors {
      let isExpected = expected.indices.contains { number in
        let directive = expected[number]
        guard directive.subjectLine == error.position.line, !met.contains(number),
          directive.subjectColumn ?? error.position.column == error.position.column,
          error.says(directive.text)
        else { return false }
        met.insert(number)
        return true
      }
      if isExpected { continue }
      let here = expected.indices.filter {
        range.covers(line: expected[$0].subjectLine) && !met.contains($0)
      }
      guard let number = here.first else {
        report.failures.append(error)
        continue
      }
      met.insert(number)
      report.fail(
        expected[number].position, "another error than the expected one",
        expected: "\(expected[number].text) \(expected[number].subject)",
        found: error.description)
    }
    for number in expected.indices where !met.contains(number) {
      report.fail(
        expected[number].position, "no error \(expected[number].subject)",
        expected: String(expected[number].text), found: "none")
    }
  }

  /// A text that does not even read: right where the line of the error expects it.
  private func checkUnreadable(
    _ text: SourceText, _ error: SourceError, _ report: inout SpecReport
  ) {
    report.directiveCount += 1
    let lines = text.bytes.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.indices.contains(error.position.line - 1) else {
      report.failures.append(error)
      return
    }
    let line = String(decoding: lines[error.position.line - 1], as: UTF8.self)
    let parts = line.split(separator: ";", maxSplits: 1)
    if let comment = parts.last?.trimmed, parts.count == 2, comment.hasPrefix("error:"),
      error.says(comment.dropFirst("error:".count).trimmed)
    {
      return
    }
    report.failures.append(error)
  }
}

extension Directive {
  /// The place that an `error` speaks of, for messages.
  fileprivate var subject: String {
    "on line \(subjectLine)" + (subjectColumn.map { ", column \($0)" } ?? "")
  }
}

extension SourceError {
  /// Whether the text, without the place, holds `part`.
  fileprivate func says(_ part: Substring) -> Bool {
    var unplaced = self
    unplaced.file = ""
    return unplaced.description.contains(part)
  }
}

// MARK: - Values

extension SpecRunner {
  /// A claim with what it is about.
  struct Subject {
    let claim: Claim
    let tape: Tape
    let inputs: [Literal]
    let sizes: [String: Int]
  }

  private func checkRun(
    _ directive: Directive, _ file: SpecFile, _ report: inout SpecReport
  ) throws(SourceError) {
    let subject = try subject(of: directive, file)
    let lists = try lists(
      subject, types: subject.tape.results.map { subject.tape.type(of: $0.value) }, file)
    var outcomes = Outcomes(of: subject.tape, subject.inputs)
    for engine in engines {
      let results: [Literal]
      do { results = try outcomes.results(on: engine, self) } catch {
        report.fail(
          directive.position, "\(subject.tape.name) fails on \(engine)", found: error.description)
        continue
      }
      for (number, result) in subject.tape.results.enumerated() {
        try compare(
          results[number], lists[number], subject, "\(result.name) on \(engine)", directive, file,
          &report)
      }
    }
    compareEngines(&outcomes, subject.claim, directive, &report)
  }

  private func checkGradient(
    _ directive: Directive, _ file: SpecFile, _ report: inout SpecReport
  ) throws(SourceError) {
    let subject = try subject(of: directive, file)
    let parameters = subject.tape.parameterList.filter(\.type.dtype.isFloating)
    let lists = try lists(subject, types: parameters.map(\.type), file)
    let claim = subject.claim
    do throws(TapeError) {
      let differentiated = claim.order == 2 ? try subject.tape.sumOfGradients() : subject.tape
      let count = differentiated.results.count
      let extended = try differentiated.appendingGradient()
      var outcomes = Outcomes(of: extended, subject.inputs)
      for engine in engines {
        let results: [Literal]
        do { results = try outcomes.results(on: engine, self) } catch {
          report.fail(
            directive.position, "the gradient of \(subject.tape.name) fails on \(engine)",
            found: error.description)
          continue
        }
        for (number, parameter) in parameters.enumerated() {
          do throws(SourceError) {
            try compare(
              results[count + number], lists[number], subject,
              "grad-\(parameter.name) on \(engine)", directive, file, &report)
          } catch {
            report.failures.append(error)
          }
        }
      }
      compareEngines(&outcomes, claim, directive, &report)
      // Differences are taken on the interpreter.
      if claim.checksDifferences, engines.contains(.engine(.interpreter)),
        let difference = try FiniteDifferences(differentiated, subject.inputs).firstDifference()
      {
        report.fail(
          directive.position,
          "the gradient by \(difference.parameter) is not the limit of differences at element "
            + "\(difference.position)",
          expected: "\(difference.estimate)", found: "\(difference.gradient)")
      }
    } catch {
      report.fail(
        directive.position, "there is no gradient of \(subject.tape.name)",
        found: error.description)
    }
  }

  private func compare(
    _ found: Literal, _ list: NestedList, _ subject: Subject, _ name: String,
    _ directive: Directive, _ file: SpecFile, _ report: inout SpecReport
  ) throws(SourceError) {
    guard found.sizes == list.sizes else {
      report.fail(
        directive.position, "\(name) has another shape", expected: "\(Shape(list.sizes))",
        found: "\(Shape(found.sizes))")
      return
    }
    if let tolerance = subject.claim.tolerance {
      let error = try list.greatestError(
        in: found, tolerance, form: subject.claim.call, file: file.name)
      report.approximations.append(.init(position: directive.position, error: error))
    }
    let difference = try list.firstDifference(
      from: found, subject.claim.tolerance, in: subject.claim.call, file: file.name)
    guard let difference else { return }
    let place = difference.index.isEmpty ? "" : " at \(difference.index)"
    report.fail(
      directive.position, "\(name) is wrong\(place)", expected: difference.expected,
      found: difference.found.description)
  }

  func subject(
    of directive: Directive, _ file: SpecFile
  ) throws(SourceError) -> Subject {
    let claim = try Claim(directive, file: file.name)
    guard let tape = file.tape(named: claim.tapeName) else {
      throw SourceError(
        file: file.name, position: claim.call.position, message: "no such tape",
        expected: "a tape of this file that is right", found: claim.tapeName)
    }
    let parameters = tape.parameterList
    guard claim.arguments.count == parameters.count else {
      throw SourceError(
        file: file.name, position: claim.call.position,
        message: "\(tape.name) takes another number of arguments",
        expected: "\(parameters.count)", found: "\(claim.arguments.count)")
    }
    var inputs: [Literal] = []
    for (argument, parameter) in zip(claim.arguments, parameters) {
      let list = try NestedList(argument, as: parameter.type, in: claim.call, file: file.name)
      inputs.append(
        try list.literal(parameter.type.dtype, in: claim.call, file: file.name))
    }
    do throws(TapeError) {
      let sizes = try tape.symbolValues(inputSizes: inputs.map(\.sizes))
      return Subject(claim: claim, tape: tape, inputs: inputs, sizes: sizes)
    } catch {
      throw SourceError(
        file: file.name, position: claim.call.position, message: error.description)
    }
  }

  /// The values that a claim writes, for results of the given types.
  private func lists(
    _ subject: Subject, types: [TensorType], _ file: SpecFile
  ) throws(SourceError) -> [NestedList] {
    guard subject.claim.values.count == types.count else {
      throw SourceError(
        file: file.name, position: subject.claim.call.position,
        message: "another number of values than \(subject.tape.name) has",
        expected: "\(types.count)", found: "\(subject.claim.values.count)")
    }
    var lists: [NestedList] = []
    for (value, type) in zip(subject.claim.values, types) {
      lists.append(
        try NestedList(
          value, as: type, where: subject.sizes, in: subject.claim.call, file: file.name))
    }
    return lists
  }
}
