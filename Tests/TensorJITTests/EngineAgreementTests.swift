import ScalarIR
import TapeIR
import TensorJIT
import TensorJITTestSupport
import Testing

/// Random tapes give the same bits on the interpreter and, printed and read back, as machine code of
/// loops and of grids, whichever passes run and on however many threads.
@Suite struct EngineAgreementTests {
  /// In how many parts the tapes are tested, side by side.
  private static let partCount = 20
  /// What is left out, one variant a tape in turn.
  static let variants: [Set<String>] =
    [[]]
    + [
      "canonicalize", "fold-constants", "algebra", "cse", "dead-code", "fuse", "simplify",
      "vectorize", "parallelize",
    ].map { [$0] } + [
      [
        "canonicalize", "fold-constants", "algebra", "cse", "dead-code", "fuse", "simplify",
        "vectorize", "parallelize",
      ]
    ]

  @Test(arguments: 0..<partCount) func randomTapes(_ part: Int) throws {
    var options = TapeGenerator.Options()
    options.opCount = 5...100
    options.excludesContractions = true
    try compare(.cpu, options, part, count: TestScale.tapeCount(sample: 2000) / Self.partCount)
  }

  /// In grids, products have the interpreter's bits, too; only linear algebra is a library's.
  @Test(arguments: 0..<partCount) func randomTapesInGrids(_ part: Int) throws {
    var options = TapeGenerator.Options()
    options.opCount = 5...60
    options.excludedOps = Set(
      OpTable.standard.ops.filter { $0.kind == .linearAlgebra }.map(\.name))
    try compare(.grid, options, part, count: TestScale.tapeCount(sample: 1000) / Self.partCount)
  }

  private func compare(
    _ engine: Engine, _ options: TapeGenerator.Options, _ part: Int, count: Int
  ) throws {
    for number in 0..<count {
      let seed = UInt64(number * Self.partCount + part)
      var generator = TapeGenerator(seed: seed, options: options)
      let tape = try generator.tape()
      let inputs = generator.inputs(for: tape)
      let expected = try runTape(tape, inputs: inputs, engine: .interpreter)
      var pipeline = PipelineOptions()
      pipeline.verifiesPasses = true
      pipeline.disabledPasses = Self.variants[number % Self.variants.count]
      if number % 3 != 0 {
        // Cut so finely that threads share even small tensors.
        pipeline.lowering.blockExtent = 64
        pipeline.lowering.sharedElements = 1
        pipeline.grain.statements = 1
        pipeline.grain.block = 64
      }
      if number % 4 == 0 { pipeline.streamedBytes = 1 }
      if number % 2 == 1 {
        // So few threads, and so little memory for them, that small tensors take several blocks.
        pipeline.grid.blockThreads = 64
        pipeline.grid.spreadBlocks = 2
        pipeline.grid.busyBlocks = 2
        pipeline.grid.manyIterations = 16
        pipeline.grid.sharedBytes = 1 << 10
        pipeline.grid.threadBytes = 64
        pipeline.grid.launchIterations = 8
      }
      do {
        let copy = try Tape(parsing: tape.description)
        let executable = try Executable(copy, engine: engine, options: pipeline)
        for threads in 1...2 {
          let found = try executable.run(inputs, threads: threads)
          for (result, (x, y)) in zip(tape.results, zip(expected, found)) {
            let difference = (0..<x.count).first { !x[$0].isIdentical(to: y[$0]) }
            guard let position = difference else { continue }
            Issue.record(
              """
              seed \(seed) without \(pipeline.disabledPasses) on \(threads) threads: \
              \(result.name)[\(position)] is \(x[position]) on the interpreter and \
              \(y[position]) on \(engine)
              \(tape)
              """)
            return
          }
        }
      } catch {
        Issue.record("seed \(seed) without \(pipeline.disabledPasses): \(error)\n\(tape)")
        return
      }
    }
  }
}
