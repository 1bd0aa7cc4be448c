import ScalarIR
import TapeIR
import TapePasses
import TensorJITTestSupport
import Testing

/// What holds for the gradients of all tapes, on random ones.
@Suite struct RandomGradientTests {
  /// The tape with a floating value as its only result, where it has one.
  private func differentiable(_ tape: Tape) -> Tape? {
    let values = tape.types.indices.map(Value.init(index:))
    guard let value = values.last(where: { tape.type(of: $0).dtype.isFloating }) else { return nil }
    return TapeBuilder(extending: tape).finish([Tape.Result(name: "loss", value: value)])
  }

  private func check(seeds: Range<UInt64>, isSymbolic: Bool) throws {
    var options = TapeGenerator.Options()
    options.elementLimit = 100
    options.contractionLimit = 300
    options.isSymbolic = isSymbolic
    var verifying = PassOptions()
    verifying.verifiesBetweenPasses = true
    for seed in seeds {
      var generator = TapeGenerator(seed: seed, options: options)
      guard let tape = differentiable(try generator.tape()) else { continue }
      let gradient = try tape.appendingGradient()
      try gradient.verify()
      for (name, type) in tape.parameterList where type.dtype.isFloating {
        let result = try #require(gradient.results.first { $0.name == "grad-\(name)" })
        #expect(gradient.type(of: result.value) == type, "seed \(seed)")
      }
      let optimized = try gradient.optimized(options: verifying)
      if isSymbolic { continue }
      let inputs = generator.inputs(for: tape)
      #expect(
        areIdentical(
          try TapeInterpreter.run(gradient, inputs), try TapeInterpreter.run(optimized, inputs)),
        "seed \(seed)\n\(gradient)")
    }
  }

  @Test func passesKeepTheBitsOfGradients() throws {
    try check(seeds: 0..<150, isSymbolic: false)
  }

  @Test func gradientsOfSymbolicSizes() throws {
    try check(seeds: 1000..<1200, isSymbolic: true)
  }
}
