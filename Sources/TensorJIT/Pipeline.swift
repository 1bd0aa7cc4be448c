import DeviceRuntime
import LLVMCodeGen
import LoopIR
import ScalarIR
import TapeIR
import TapeLowering
import TapePasses

// The map of the system: how a tape becomes machine code, one named line a stage. Execution,
// `tensorjit dump-ir` and the documentation walk this one list.

/// One step on the way from a tape to machine code.
package struct Stage: Sendable {
  /// The name by which `dump-ir --after` knows it.
  package let name: String
  package let summary: String
  let run: @Sendable (inout Artifact, PipelineOptions) throws(TensorError) -> Void
}

/// The way from a tape to machine code.
package enum Pipeline {
  /// The stages on the way to code for a target.
  package static func stages(for target: CodeTarget) -> [Stage] {
    switch target {
    case .cpu: stages
    case .grid: tapeStages + [fission, map, split, plan] + codeStages
    case .ptx: tapeStages + [fission, map, plan] + gpuCodeStages
    }
  }

  /// The names of the stages on the way to code for a target.
  package static func stageNames(for target: CodeTarget) -> [String] {
    stages(for: target).map(\.name)
  }

  /// The stages on the way to code for the CPU.
  package static let stages: [Stage] =
    tapeStages + [
      .loops("vectorize", "innermost loops in the lanes of vectors") { program, options in
        program.vectorized(vectorBits: options.vectorBits)
      },
      .loops("parallelize", "outermost loops shared among threads") { program, options in
        program.parallelized(grain: options.grain)
      }, plan,
    ] + codeStages

  /// The stages that all targets have in common.
  private static let tapeStages: [Stage] =
    [
      Stage("capture", "the recorded ops as a tape") { _, _ in },
      Stage("gradient", "derivatives appended, where asked for") {
        (artifact, options) throws(TensorError) in
        if let request = options.gradient {
          try artifact.mapTape { tape throws(TapeError) in
            try tape.appendingGradient(withRespectTo: request.names)
          }
        }
      },
    ]
    + TapePass.standard.map(Stage.init) + [
      Stage("fuse", "nodes grouped into kernels") { (artifact, options) throws(TensorError) in
        var fusion = FusionOptions()
        fusion.isEnabled = !options.disabledPasses.contains("fuse")
        artifact = .fused(try artifact.tape.fused(options: fusion))
      },
      Stage("lower", "groups as loops over arrays") { (artifact, options) throws(TensorError) in
        var lowering = options.lowering
        switch options.target {
        case .cpu: lowering.vectorBits = options.vectorBits
        case .grid, .ptx: lowering.prepareForGrid()
        }
        artifact = .loops(try artifact.fused.lowered(options: lowering))
      },
      .loops("simplify", "loops that run once or never resolved") { program, _ in
        program.simplified()
      },
    ]

  private static let fission = Stage.loops(
    "fission", "long loops beside others as kernels of their own"
  ) { program, options in program.splitIntoLaunches(options.grid) }

  private static let map = Stage.loops(
    "map", "loops spread over the blocks and threads of a grid", isRequired: true,
    yieldsGrids: true
  ) { program, options in program.mappedToGrid(options.grid) }

  private static let split = Stage.loops(
    "split", "threads run from barrier to barrier, one after the other", isRequired: true
  ) { program, _ in program.splitAtBarriers() }

  private static let plan = Stage.loops("plan", "memory for temporaries", isRequired: true) {
    program, _ in program.memoryPlanned()
  }

  private static let codeStages = [
    Stage("llvm", "the kernels in LLVM's language, optimized") { _, _ in },
    Stage("asm", "the kernels in the CPU's assembly language") { _, _ in },
  ]

  private static let gpuCodeStages = [
    Stage("llvm", "the kernels in LLVM's language, optimized") { _, _ in },
    Stage("ptx", "the kernels in the GPU's assembly language") { _, _ in },
  ]

  /// Runs the stages up to and including `last` (all without it) and gives each one's text to
  /// `visit`, which asks for it where it wants it.
  ///
  /// - Throws: `TensorError.failure` naming a stage that broke something, and errors of the tape.
  package static func walk(
    _ tape: Tape, options: PipelineOptions, through last: String? = nil,
    visit: (_ stage: String, _ text: () throws(TensorError) -> String) throws(TensorError) -> Void
  ) throws(TensorError) {
    var artifact = Artifact.tape(tape)
    for stage in stages(for: options.target) {
      try stage.run(&artifact, options)
      let reached = artifact
      try visit(stage.name) { () throws(TensorError) in
        try reached.text(at: stage.name, options: options)
      }
      if stage.name == last { return }
    }
  }

  /// The loops, ready for code generation, that a tape becomes.
  package static func program(
    for tape: Tape, options: PipelineOptions
  ) throws(TensorError) -> LoopProgram {
    var artifact = Artifact.tape(tape)
    for stage in stages(for: options.target) { try stage.run(&artifact, options) }
    return try artifact.loops
  }
}

/// Choices that change what a tape is compiled to, though not what it computes.
package struct PipelineOptions: Hashable, Sendable {
  /// Whether tapes and loops are checked between passes, which names a pass that broke something.
  package var verifiesPasses = false
  /// What code is made for.
  package var target = CodeTarget.cpu
  /// How kernels are cut into blocks of threads, where they are.
  package var grid = GridOptions()
  /// Passes that are left out, by their stage's name.
  package var disabledPasses: Set<String> = []
  /// The width of the machine's vectors.
  package var vectorBits = HostCPU.current.vectorBits
  /// What is worth sharing among threads.
  package var lowering = LoweringOptions()
  package var grain = ParallelGrain()
  /// The bytes of an array from which on it is stored past the caches: with one as large that is
  /// read, more than they hold.
  package var streamedBytes = HostProcessor.lastLevelCacheBytes / 2
  /// Whether code that leaves its buffers traps, which has a price in time and memory.
  package var bufferGuard = BufferGuard.none
  /// Parameters to differentiate by, where the first result's gradient is asked for.
  package var gradient: GradientRequest?

  package init() {}
}

/// The gradient of the sum of a tape's first result.
package struct GradientRequest: Hashable, Sendable {
  /// The parameters to differentiate by; nil for all floating ones.
  package var names: [String]?

  package init(names: [String]? = nil) { self.names = names }
}

/// What a program is between two stages.
enum Artifact: Sendable {
  case tape(Tape)
  case fused(FusedTape)
  case loops(LoopProgram)

  var tape: Tape {
    get throws(TensorError) {
      if case .tape(let tape) = self { return tape }
      throw .failure("a stage that needs a tape comes too late")
    }
  }

  var fused: FusedTape {
    get throws(TensorError) {
      if case .fused(let fused) = self { return fused }
      throw .failure("a stage that needs fused groups comes out of order")
    }
  }

  var loops: LoopProgram {
    get throws(TensorError) {
      if case .loops(let program) = self { return program }
      throw .failure("a stage that needs loops comes too early")
    }
  }

  mutating func mapTape(
    _ transform: (Tape) throws(TapeError) -> Tape
  ) throws(TensorError) {
    let tape = try tape
    do { self = .tape(try transform(tape)) } catch { throw TensorError(error) }
  }

  /// The text of the program after the named stage.
  func text(at stage: String, options: PipelineOptions) throws(TensorError) -> String {
    switch self {
    case .tape(let tape): return tape.description
    case .fused(let fused): return fused.description
    case .loops(let program):
      do throws(CodeGenError) {
        if case .ptx(let architecture) = options.target {
          switch stage {
          case "llvm": return try PTXCompiler(for: architecture).optimized(program).text()
          case "ptx": return try PTXCompiler(for: architecture).assembly(program)
          default: return program.text
          }
        }
        switch stage {
        case "llvm":
          return try ProgramCompiler(for: program, options: options).optimized(program).text()
        case "asm": return try ProgramCompiler(for: program, options: options).assembly(program)
        default: return program.text
        }
      } catch {
        throw TensorError(error)
      }
    }
  }
}

extension ProgramCompiler {
  /// A compiler for this machine with the choices that the program's sizes suggest.
  init(for program: LoopProgram, options: PipelineOptions) throws(CodeGenError) {
    let streamed = program.streamedArrays(from: options.streamedBytes).map {
      EmissionOptions.Output(kernel: program.kernels[$0.kernel].name, array: $0.array)
    }
    try self.init(options: EmissionOptions(streamed: Set(streamed)))
  }
}

extension Stage {
  fileprivate init(
    _ name: String, _ summary: String,
    run: @escaping @Sendable (inout Artifact, PipelineOptions) throws(TensorError) -> Void
  ) {
    self.name = name
    self.summary = summary
    self.run = run
  }

  /// A pass over the tape.
  fileprivate init(_ pass: TapePass) {
    self.init(pass.name, pass.summary) { (artifact, options) throws(TensorError) in
      if options.disabledPasses.contains(pass.name) { return }
      var passOptions = PassOptions()
      passOptions.verifiesBetweenPasses = options.verifiesPasses
      try artifact.mapTape { tape throws(TapeError) in try pass(tape, passOptions) }
    }
  }

  /// A transform of the loops.
  fileprivate static func loops(
    _ name: String, _ summary: String, isRequired: Bool = false, yieldsGrids: Bool = false,
    _ transform: @escaping @Sendable (LoopProgram, PipelineOptions) -> LoopProgram
  ) -> Stage {
    Stage(name, summary) { (artifact, options) throws(TensorError) in
      if options.disabledPasses.contains(name), !isRequired { return }
      let program = transform(try artifact.loops, options)
      artifact = .loops(program)
      guard options.verifiesPasses else { return }
      do throws(LoopError) {
        if yieldsGrids { try program.verifyGrids() } else { try program.verify() }
      } catch {
        throw .failure("the stage \(name) broke the program \(program.name): \(error)")
      }
    }
  }
}

extension TensorError {
  init(_ error: CodeGenError) { self = .failure(error.description) }
}
