import LoopIR
import ScalarIR
import TapeIR
import TensorJIT

// The results of an engine against those of `cpu`, on the arguments of each `run` and `grad`: the same
// bits, any NaN being like any other. Where a library computes something for one of the two, whose
// order of additions is its own, the directive's tolerance holds instead.

/// How many results of an engine are those of `cpu`.
package struct EngineComparison: Hashable, Sendable {
  /// Results of the same bits.
  package var identical = 0
  /// Results that a library has a part in, within the tolerance.
  package var near = 0
  /// Results that differ by more than they may, and tapes that fail on one of the two.
  package var different = 0

  package init(identical: Int = 0, near: Int = 0, different: Int = 0) {
    self.identical = identical
    self.near = near
    self.different = different
  }

  /// The counts of two files together.
  package static func += (sum: inout EngineComparison, more: EngineComparison) {
    sum.identical += more.identical
    sum.near += more.near
    sum.different += more.different
  }

  /// The counts in a line.
  package func summary(of engine: String) -> String {
    "\(engine) and cpu: \(identical) results of the same bits, \(near) of libraries within the "
      + "tolerance, \(different) that differ"
  }
}

/// What a tape yields on the engines that it has been run on.
struct Outcomes {
  let tape: Tape
  let inputs: [Literal]
  private var known: [SpecEngine: Result<[Literal], TensorError>] = [:]

  init(of tape: Tape, _ inputs: [Literal]) {
    self.tape = tape
    self.inputs = inputs
  }

  /// The results on an engine, computed when they are first asked for.
  mutating func results(
    on engine: SpecEngine, _ runner: SpecRunner
  ) throws(TensorError) -> [Literal] {
    if let outcome = known[engine] { return try outcome.get() }
    let outcome = Result { () throws(TensorError) in
      try runner.evaluate(engine, tape, inputs, runner.bufferGuard)
    }
    known[engine] = outcome
    return try outcome.get()
  }

  fileprivate var usesLibraries: Bool {
    (try? tape.specialized(for: inputs))?.usesLibraries == true
  }
}

extension Tape {
  /// Whether a library computes some of the tape, whose sizes are numbers, for one of the kinds of
  /// engines.
  package var usesLibraries: Bool {
    [CodeTarget.cpu, .grid].contains { target in
      var options = PipelineOptions()
      options.target = target
      return (try? Pipeline.program(for: self, options: options))?.steps.containsCalls == true
    }
  }
}

extension SpecRunner {
  /// Holds the results of the engine that is to be compared against those of `cpu`.
  func compareEngines(
    _ outcomes: inout Outcomes, _ claim: Claim, _ directive: Directive, _ report: inout SpecReport
  ) {
    guard let compared else { return }
    let name = outcomes.tape.name
    do throws(TensorError) {
      let found = try outcomes.results(on: compared, self)
      let expected = try outcomes.results(on: .engine(.cpu), self)
      for (number, result) in outcomes.tape.results.enumerated() {
        let (found, expected) = (found[number], expected[number])
        if found.isIdentical(to: expected) {
          report.comparison.identical += 1
        } else if outcomes.usesLibraries,
          found.isNear(expected, claim.tolerance ?? Claim.Tolerance())
        {
          report.comparison.near += 1
        } else {
          report.comparison.different += 1
          report.fail(
            directive.position, "\(result.name) of \(name) on \(compared) is not that of cpu",
            expected: expected.listText, found: found.listText)
        }
      }
    } catch {
      report.comparison.different += 1
      report.fail(
        directive.position, "\(name) on \(compared) and on cpu cannot be compared",
        found: error.description)
    }
  }
}

extension Literal {
  /// Whether each element is within a tolerance of the other literal's.
  fileprivate func isNear(_ expected: Literal, _ tolerance: Claim.Tolerance) -> Bool {
    guard dtype == expected.dtype, sizes == expected.sizes else { return false }
    return firstDifference(from: expected, tolerance) == nil
  }

  /// The first position whose element is another than that of a literal of the same type.
  ///
  /// - Parameter tolerance: relative and absolute, for what libraries compute; nil for the same bits.
  package func firstDifference(from expected: Literal, within tolerance: Double?) -> Int? {
    firstDifference(
      from: expected, tolerance.map { Claim.Tolerance(relative: $0, absolute: $0) })
  }

  private func firstDifference(from expected: Literal, _ tolerance: Claim.Tolerance?) -> Int? {
    (0..<count).first { position in
      let (value, other) = (self[position], expected[position])
      if value.isIdentical(to: other) { return false }
      guard let tolerance, dtype.isFloating else { return true }
      return !value.double.isNear(other.double, tolerance)
    }
  }
}
