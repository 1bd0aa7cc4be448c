import ScalarIR
import TapeIR
import TapePasses
import TensorJITTestSupport
import Testing

/// Each pass keeps every bit of what a tape computes, on random tapes and values.
@Suite struct PassPreservationTests {
  private var verifying: PassOptions {
    var options = PassOptions()
    options.verifiesBetweenPasses = true
    return options
  }

  /// Tapes that the interpreter runs quickly.
  private var small: TapeGenerator.Options {
    var options = TapeGenerator.Options()
    options.elementLimit = 150
    options.contractionLimit = 500
    return options
  }

  /// Runs random tapes as they are, after each pass, and after all of them.
  private func check(seeds: Range<UInt64>, isSymbolic: Bool = false) throws {
    var options = small
    options.isSymbolic = isSymbolic
    for seed in seeds {
      var generator = TapeGenerator(seed: seed, options: options)
      let tape = try generator.tape()
      let inputs = inputs(for: tape, &generator.random)
      // Not every expression of symbols is a size for these values of them.
      guard let expected = results(of: tape, inputs) else {
        #expect(isSymbolic, "seed \(seed)")
        continue
      }
      for passes in TapePass.standard.map({ [$0] }) + [TapePass.standard] {
        let transformed = try tape.optimized(by: passes, options: verifying)
        if transformed == tape { continue }
        let found = try TapeInterpreter.run(transformed, inputs)
        #expect(
          areIdentical(found, expected),
          "seed \(seed), \(passes.map(\.name))\n\(tape)\nbecame\n\(transformed)")
      }
    }
  }

  private func inputs(for tape: Tape, _ random: inout SplitMix64) -> [Literal] {
    tape.parameterList.map { parameter in
      let known = parameter.type.substituting(["B": 5, "T_1": 3])
      return random.literal(known.dtype, known.shape.sizes ?? [])
    }
  }

  private func results(of tape: Tape, _ inputs: [Literal]) -> [Literal]? {
    do {
      return try TapeInterpreter.run(tape, inputs)
    } catch {
      return nil
    }
  }

  /// In how many parts the tapes are tested, side by side.
  private static let partCount: UInt64 = 4

  @Test(arguments: 0..<partCount)
  func passesKeepBits(part: UInt64) throws {
    let count = UInt64(TestScale.tapeCount(sample: 520)) / Self.partCount
    try check(seeds: part * count..<(part + 1) * count)
  }

  @Test func passesKeepBitsForSymbolicSizes() throws {
    try check(seeds: 2000..<2200, isSymbolic: true)
  }

  @Test func namesOfParametersAndResultsStay() throws {
    for seed in 3000..<3200 as Range<UInt64> {
      var generator = TapeGenerator(seed: seed, options: small)
      let tape = try generator.tape()
      let optimized = try tape.optimized(options: verifying)
      #expect(optimized.results.map(\.name) == tape.results.map(\.name))
      #expect(optimized.parameterList.map(\.name) == tape.parameterList.map(\.name))
      #expect(try Tape(parsing: optimized.description) == optimized)
    }
  }

  @Test func aSecondRoundChangesNothing() throws {
    for seed in 4000..<4200 as Range<UInt64> {
      var generator = TapeGenerator(seed: seed, options: small)
      let once = try generator.tape().canonicalized().withoutDeadCode()
      let twice = try once.canonicalized().withoutDeadCode()
      #expect(twice == once, "seed \(seed)\n\(once)\n\(twice)")
    }
  }
}

/// A pass that breaks a tape is named.
@Suite struct BrokenPassTests {
  private func tape() throws -> Tape {
    try Tape(parsing: "(tape t [(x f32[4])] (y (exp x)) (return y))")
  }

  private func message(_ pass: TapePass) throws -> String? {
    var options = PassOptions()
    options.verifiesBetweenPasses = true
    let passes = [TapePass.standard[0], pass, TapePass.standard[1]]
    let tape = try tape()
    do {
      _ = try tape.optimized(by: passes, options: options)
      return nil
    } catch {
      return error.description
    }
  }

  @Test func wrongType() throws {
    let pass = TapePass("mistype", summary: "gives a node a type that is not its op's") {
      (tape, _) in
      var builder = TapeBuilder(name: tape.name)
      let x = builder.parameter("x", TensorType(.f32, [4]))
      let types = [TensorType(.f32, [5])]
      let y = builder.add(.exp, [x], .none, types: types, provenance: .unknown)[0]
      return builder.finish([Tape.Result(name: "y", value: y)])
    }
    #expect(
      try message(pass)
        == "the pass mistype broke the tape: tape t: its node 0, exp, has the type f32[5], "
        + "but f32[4] is inferred")
  }

  @Test func lostResult() throws {
    let pass = TapePass("forget", summary: "renames the result") { (tape, _) in
      TapeBuilder(extending: tape).finish([
        Tape.Result(name: "z", value: tape.results[0].value)
      ])
    }
    #expect(
      try message(pass)
        == "the pass forget broke the tape: tape t: the names or types of its results changed")
  }

  @Test func lostParameter() throws {
    let pass = TapePass("orphan", summary: "drops the parameter") { (tape, _) throws(TapeError) in
      var builder = TapeBuilder(name: tape.name)
      let y = try builder.splat(ScalarValue(Float(1)), [4])
      return builder.finish([Tape.Result(name: "y", value: y)])
    }
    #expect(
      try message(pass)
        == "the pass orphan broke the tape: tape t: its parameters changed")
  }

  @Test func soundPass() throws {
    let pass = TapePass("idle", summary: "changes nothing") { (tape, _) in tape }
    #expect(try message(pass) == nil)
  }
}
