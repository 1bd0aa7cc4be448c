import DeviceRuntime
import LoopIR
import SExpression
import ScalarIR
import TapeIR
import TapeLowering
import TapePasses
import TensorJIT
import TensorJITTestSupport
import Testing

/// Texts of tapes with a few changes: each gives one clear error, or a tape that reads back, lowers,
/// and runs. `make test-hostile` takes a hundred thousand.
@Suite struct AlmostRightTapeTests {
  private static let partCount = 20

  @Test(arguments: 0..<partCount) func textsAreRefusedOrRun(_ part: Int) throws {
    var refused = 0
    var run = 0
    let count = TestScale.tapeCount(sample: 2000) / Self.partCount
    for number in 0..<count {
      let seed = UInt64(number * Self.partCount + part)
      var options = TapeGenerator.Options()
      options.opCount = 2...24
      options.elementLimit = 256
      options.isSymbolic = seed % 4 == 3
      var generator = TapeGenerator(seed: seed, options: options)
      var mutator = TapeMutator(seed: seed)
      let text = mutator.text(of: try generator.tape())
      var file = SourceFile(name: "t.tape")
      do throws(TapeError) {
        let forms: [SExpression]
        do { forms = try SExpressionReader.readAll(SourceText(name: "t.tape", text)) } catch {
          throw .source(error)
        }
        for form in forms { try file.add(form) }
      } catch {
        refused += 1
        expectClear(error, text, seed)
        continue
      }
      for tape in file.tapes where try isRun(tape, &generator, seed) { run += 1 }
    }
    if count >= 1000 {
      #expect(refused > count / 4, "\(refused) of \(count) refused")
      #expect(run > count / 200, "\(run) of \(count) run")
    }
  }

  /// An error of a text says where in it and on one line what is wrong.
  private func expectClear(_ error: TapeError, _ text: String, _ seed: UInt64) {
    guard case .source(let error) = error else {
      Issue.record("seed \(seed): an error without a place: \(error)\n\(text)")
      return
    }
    let lineCount = text.utf8.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
    #expect(1...lineCount ~= error.position.line, "seed \(seed): \(error)\n\(text)")
    #expect(!error.message.isEmpty && !error.description.contains("\n"), "seed \(seed): \(error)")
  }

  /// Takes a tape through all that does not need its data, and runs it where that is quick.
  private func isRun(
    _ tape: Tape, _ generator: inout TapeGenerator, _ seed: UInt64
  ) throws -> Bool {
    do throws(TapeError) {
      try tape.verify()
      if try Tape(parsing: tape.description) != tape { throw .malformed("it reads back otherwise") }
      var options = PassOptions()
      options.verifiesBetweenPasses = true
      let optimized = try tape.optimized(options: options)
      if seed % 4 == 0 { try tape.appendingGradient().verify() }
      let program = optimized.fused().lowered().simplified().vectorized(vectorBits: 256)
      let planned = program.parallelized().memoryPlanned()
      do { try planned.verify() } catch { throw .malformed("its loops: \(error)") }
    } catch {
      if case .malformed = error { Issue.record("seed \(seed): \(error)\n\(tape)") }
      return false
    }
    guard tape.effort(limit: 1 << 16) != nil else { return false }
    let inputs = generator.inputs(for: tape)
    do throws(TensorError) {
      let expected = try runTape(tape, inputs: inputs, engine: .interpreter)
      guard seed % 16 == 0 else { return true }
      var options = PipelineOptions()
      options.bufferGuard = seed % 32 == 0 ? .behind : .inFront
      let found = try runTape(tape, inputs: inputs, engine: .cpu, options: options)
      if tape.nodes.contains(where: { $0.op.kind == .contraction || $0.op.kind == .linearAlgebra })
      {
        return true
      }
      for (x, y) in zip(expected, found) { #expect(x.isIdentical(to: y), "seed \(seed)\n\(tape)") }
    } catch {
      if case .failure = error { Issue.record("seed \(seed): \(error)\n\(tape)") }
    }
    return true
  }
}
