import ScalarIR
import TapeIR

/// A named step from tape to tape that keeps what a tape computes.
package struct TapePass: Sendable {
  /// The name that `dump-ir --after` knows.
  package let name: String
  /// One line that says what it does.
  package let summary: String
  package let run: @Sendable (Tape, PassOptions) throws(TapeError) -> Tape

  package init(
    _ name: String, summary: String,
    run: @escaping @Sendable (Tape, PassOptions) throws(TapeError) -> Tape
  ) {
    self.name = name
    self.summary = summary
    self.run = run
  }
}

/// What passes may do, and how far they go.
package struct PassOptions: Sendable {
  /// Whether algebra may change values: x · 0 → 0, log(exp x) → x, sums in another order.
  package var allowsValueChanges = false
  /// The rules of the algebra pass.
  package var rules = RuleSet.standard
  package var folding = FoldingOptions()
  /// Whether the tape is verified after each pass.
  package var verifiesBetweenPasses = false

  package init() {}
}

extension TapePass {
  /// The passes in the order in which they run; why there is said in the file of each.
  package static let standard: [TapePass] = [
    TapePass("canonicalize", summary: "one form for equal nodes; movements merged") {
      (tape, _) throws(TapeError) in try tape.canonicalized()
    },
    TapePass("fold-constants", summary: "what depends on constants only is computed") {
      (tape, options) throws(TapeError) in try tape.foldingConstants(options: options.folding)
    },
    TapePass("algebra", summary: "rewrites by rules that keep every bit") {
      (tape, options) throws(TapeError) in
      try tape.rewritten(
        by: options.allowsValueChanges ? options.rules : options.rules.exactRules)
    },
    TapePass("cse", summary: "what is written twice is computed once") { (tape, _) in
      tape.withoutCommonSubexpressions()
    },
    TapePass("dead-code", summary: "what no result needs is left out") { (tape, _) in
      tape.withoutDeadCode()
    },
  ]

  /// What the pass makes of a tape, verified where the options ask for that.
  ///
  /// - Throws: `TapeError.malformed`, naming the pass, where it broke a rule of tapes.
  package func callAsFunction(
    _ tape: Tape, _ options: PassOptions = PassOptions()
  ) throws(TapeError) -> Tape {
    let result = try applied(to: tape, options)
    guard options.verifiesBetweenPasses else { return result }
    do {
      try result.verify()
      try result.verifySignature(of: tape)
    } catch {
      throw .malformed("the pass \(name) broke the tape: \(error.description)")
    }
    return result
  }
}

extension TapePass {
  /// What the pass makes of the bodies in a tape, and then of the tape.
  private func applied(to tape: Tape, _ options: PassOptions) throws(TapeError) -> Tape {
    try run(
      tape.mappingBodies { body throws(TapeError) in try applied(to: body, options) }, options)
  }
}

extension Tape {
  /// The tape after `passes`, in order.
  ///
  /// - Throws: `TapeError.malformed`, naming the pass, where the options ask for verification and a
  ///   pass broke a rule of tapes.
  package func optimized(
    by passes: [TapePass] = TapePass.standard, options: PassOptions = PassOptions()
  ) throws(TapeError) -> Tape {
    var tape = self
    for pass in passes { tape = try pass(tape, options) }
    return tape
  }

  /// Checks that parameters and results have the names and types of `original`'s.
  fileprivate func verifySignature(of original: Tape) throws(TapeError) {
    let parameters = (parameterList, original.parameterList)
    guard parameters.0.count == parameters.1.count,
      zip(parameters.0, parameters.1).allSatisfy({ $0 == $1 })
    else { throw .malformed("tape \(name): its parameters changed") }
    guard results.map(\.name) == original.results.map(\.name),
      results.map({ type(of: $0.value) })
        == original.results.map({ original.type(of: $0.value) })
    else { throw .malformed("tape \(name): the names or types of its results changed") }
  }
}
