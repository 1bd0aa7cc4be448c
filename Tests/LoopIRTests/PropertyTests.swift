import LoopIR
import SExpression
import ScalarIR
import TensorJITTestSupport
import Testing

@Suite struct PropertyTests {
  /// Blocks so small that small programs have several.
  static var fineGrain: ParallelGrain {
    var grain = ParallelGrain()
    grain.statements = 8
    grain.block = 4
    return grain
  }

  @Test func textReadsBack() throws {
    for seed in 0..<500 as Range<UInt64> {
      let program = RandomProgram(seed: seed).program
      let copy = try LoopProgram(parsing: SourceText(program.text))
      #expect(copy == program, "\(program)")
    }
  }

  /// Few threads, so that small programs have several blocks and rounds.
  static var fineGrid: GridOptions {
    var options = GridOptions()
    options.warpThreads = 2
    options.blockThreads = 4
    options.spreadBlocks = 2
    options.busyBlocks = 2
    options.manyIterations = 6
    options.sharedBytes = 64
    options.threadBytes = 24
    options.launchIterations = 2
    return options
  }

  @Test func gridsKeepResults() throws {
    var count = 0
    for seed in 0..<250 as Range<UInt64> {
      let random = RandomProgram(seed: seed)
      // Whether an array may be read and written at once is known of the loops only.
      guard
        random.program.steps.launches.allSatisfy({ Set($0.arguments).count == $0.arguments.count })
      else { continue }
      count += 1
      let expected = try random.program.interpret(
        inputs: random.inputs, symbols: random.symbolValues)
      for options in [GridOptions(), Self.fineGrid] {
        let grid = random.program.splitIntoLaunches(options).mappedToGrid(options)
        do {
          try grid.verifyGrids()
          for program in [grid, grid.memoryPlanned(), grid.splitAtBarriers().memoryPlanned()] {
            let results = try program.interpret(
              inputs: random.inputs, symbols: random.symbolValues)
            #expect(results == expected, "seed \(seed):\n\(program)")
          }
        } catch {
          Issue.record("seed \(seed): \(error)\n\(grid)")
        }
        #expect(try LoopProgram(parsing: SourceText(grid.text)) == grid)
        #expect(grid.mappedToGrid(options) == grid)
      }
    }
    #expect(count > 100)
  }

  @Test func transformsKeepResults() throws {
    let transforms: [(name: String, apply: @Sendable (LoopProgram) -> LoopProgram)] = [
      ("simplify", { $0.simplified() }),
      ("vectorize", { $0.vectorized(vectorBits: 512) }),
      ("parallelize", { $0.parallelized(grain: Self.fineGrain) }),
      ("split into launches", { $0.splitIntoLaunches(Self.fineGrid) }),
      ("plan", { $0.memoryPlanned() }),
      (
        "vectorize, parallelize, plan",
        {
          $0.simplified().vectorized(vectorBits: 128).parallelized(grain: Self.fineGrain)
            .memoryPlanned()
        }
      ),
      (
        "parallelize, vectorize, plan",
        { $0.parallelized(grain: Self.fineGrain).vectorized(vectorBits: 128).memoryPlanned() }
      ),
    ]
    var fired = [Int](repeating: 0, count: transforms.count)
    for seed in 0..<250 as Range<UInt64> {
      let random = RandomProgram(seed: seed)
      let expected = try random.program.interpret(
        inputs: random.inputs, symbols: random.symbolValues)
      for (number, transform) in transforms.enumerated() {
        let program = transform.apply(random.program)
        if program != random.program { fired[number] += 1 }
        do {
          let results = try program.interpret(inputs: random.inputs, symbols: random.symbolValues)
          #expect(results == expected, "seed \(seed), \(transform.name):\n\(program)")
        } catch {
          Issue.record("seed \(seed), \(transform.name): \(error)\n\(program)")
        }
        #expect(try LoopProgram(parsing: SourceText(program.text)) == program)
        if number < 5 { #expect(transform.apply(program) == program, "\(transform.name)") }
      }
    }
    #expect(fired.allSatisfy { $0 > 40 }, "\(fired)")
  }
}
