import ScalarIR
import TapeIR
import TensorJITTestSupport
import Testing

/// What holds for every tape, on many random ones.
@Suite struct RandomTapeTests {
  @Test(arguments: [false, true])
  func printedTextReadsBack(isSymbolic: Bool) throws {
    var options = TapeGenerator.Options()
    options.isSymbolic = isSymbolic
    var missing = Set(OpTable.standard.ops)
    for seed in 0..<UInt64(TestScale.tapeCount(sample: 1000)) {
      var generator = TapeGenerator(seed: seed, options: options)
      let tape = try generator.tape()
      try tape.verify()
      let text = tape.description
      let copy = try Tape(parsing: text)
      #expect(copy == tape, "seed \(seed)")
      #expect(copy.description == text, "seed \(seed)")
      for (name, found) in zip(tape.names, copy.names) where name != nil {
        #expect(name == found, "seed \(seed)")
      }
      missing.subtract(tape.nodes.map(\.op))
    }
    #expect(missing.isEmpty, "no tape holds \(missing.map(\.name).sorted())")
  }

  @Test func interpretedTapesHaveTheirTypes() throws {
    for seed in 0..<300 as Range<UInt64> {
      var generator = TapeGenerator(seed: seed)
      let tape = try generator.tape()
      let results = try TapeInterpreter.run(tape, generator.inputs(for: tape))
      for (result, literal) in zip(tape.results, results) {
        #expect(TensorType(literal.dtype, literal.shape) == tape.type(of: result.value))
      }
    }
  }
}
