import LLVMCodeGen
import LoopIR
import ScalarIR
import TensorJITTestSupport
import Testing

/// Compiled random programs against the loop interpreter, bit for bit.
@Suite struct RandomProgramTests {
  private struct Variant: Sendable {
    var name: String
    var apply: @Sendable (LoopProgram) -> LoopProgram
  }

  /// Blocks so small that small programs have several.
  private static var fineGrain: ParallelGrain {
    var grain = ParallelGrain()
    grain.statements = 8
    grain.block = 16
    return grain
  }

  /// Launches so small that small programs have several.
  private static var fineGrid: GridOptions {
    var options = GridOptions()
    options.launchIterations = 2
    return options
  }

  private static let variants = [
    Variant(name: "serial") { $0 },
    Variant(name: "vectors of 128 bits, planned") {
      $0.simplified().vectorized(vectorBits: 128).parallelized(grain: fineGrain).memoryPlanned()
    },
    Variant(name: "vectors of 512 bits, planned") {
      $0.simplified().vectorized(vectorBits: 512).parallelized(grain: fineGrain).memoryPlanned()
    },
    Variant(name: "a grid, split at barriers, planned") {
      $0.simplified().splitIntoLaunches(fineGrid).mappedToGrid(fineGrid).splitAtBarriers()
        .memoryPlanned()
    },
  ]

  @Test(arguments: 0..<4, testedCPUs)
  func resultsAreTheInterpreters(_ part: UInt64, _ cpu: HostCPU) throws {
    var count = 0
    for seed in part * 50..<(part + 1) * 50 {
      let random = RandomProgram(seed: seed)
      guard random.program.isComparable else { continue }
      count += 1
      let expected = try random.program.interpret(
        inputs: random.inputs, symbols: random.symbolValues)
      for variant in RandomProgramTests.variants {
        let program = variant.apply(random.program)
        let found = try program.runCompiled(
          for: cpu, inputs: random.inputs, symbols: random.symbolValues)
        let isSame = zip(expected, found).allSatisfy { expected, found in
          zip(expected.bits, found).allSatisfy {
            ScalarValue(expected.dtype, bits: $0)
              .isIdentical(to: ScalarValue(expected.dtype, bits: $1))
          }
        }
        #expect(isSame, "\(cpu.name), seed \(seed), \(variant.name):\n\(program)")
      }
    }
    #expect(count > 15)
  }
}

extension LoopProgram {
  /// Whether compiled code must have the interpreter's bits: no library call, and no look at the
  /// bits of a NaN.
  fileprivate var isComparable: Bool {
    let isCalled = steps.contains { step in
      if case .call = step { true } else { false }
    }
    return !isCalled && !kernels.contains { $0.body.containsBitcast }
  }

  /// The results of the compiled program, run by this thread.
  fileprivate func runCompiled(
    for cpu: HostCPU, inputs: [Literal], symbols values: [Int]
  ) throws -> [[UInt64]] {
    let compiled = try ProgramCompiler(for: cpu).compile(self, linker: .shared())
    let sizes = Dictionary(uniqueKeysWithValues: zip(symbols, values))
    let arena = GuardedArray(.u8, count: arenaBytes?.evaluate(sizes) ?? 0)
    var arrays: [GuardedArray] = []
    let addresses = buffers.map { buffer -> UnsafeMutableRawPointer? in
      let array: GuardedArray
      switch buffer.role {
      case .input(let number): array = GuardedArray(buffer.dtype, inputs[number].bits)
      case .constant(let literal): array = GuardedArray(buffer.dtype, literal.bits)
      case .slice: return nil
      case .temporary(let offset?): return arena.pointer + offset.evaluate(sizes)
      case .output, .temporary(nil):
        array = GuardedArray(buffer.dtype, count: buffer.count.evaluate(sizes))
      }
      arrays.append(array)
      return array.pointer
    }
    let symbolValues = values.map(Int64.init)
    for step in steps {
      guard case .launch(let launch) = step else { continue }
      var iterations = 0
      if case .loop(let loop)? = kernels[launch.kernel].body.first, loop.mark == .parallel {
        iterations = loop.extent.evaluate(sizes)
      }
      let arguments = launch.arguments.map { addresses[$0.index] }
      compiled.entries[launch.kernel](arguments, symbolValues, 0, Int64(iterations))
    }
    for array in arrays + [arena] { #expect(array.isIntact, "written beyond the end") }
    return results.map { result in
      let buffer = buffers[result.buffer.index]
      let count = buffer.count.evaluate(sizes)
      return (0..<count).map { position in
        var word: UInt64 = 0
        if let address = addresses[result.buffer.index] {
          withUnsafeMutableBytes(of: &word) {
            $0.copyMemory(
              from: UnsafeRawBufferPointer(
                start: address + position * buffer.dtype.byteWidth, count: buffer.dtype.byteWidth))
          }
        }
        return word
      }
    }
  }
}

extension [Statement] {
  fileprivate var containsBitcast: Bool {
    contains { statement in
      switch statement {
      case .loop(let loop): loop.body.containsBitcast
      case .conditional(_, let then, let otherwise):
        then.containsBitcast || otherwise.containsBitcast
      case .define(_, _, .bitcast): true
      case .define(_, _, .rarely(let path)): path.body.containsBitcast
      case .define, .store, .scratch, .barrier: false
      }
    }
  }
}
