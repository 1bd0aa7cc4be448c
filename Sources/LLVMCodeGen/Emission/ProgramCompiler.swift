import CLLVM
import LoopIR

/// What the emission of a program depends on besides the program and the CPU.
package struct EmissionOptions: Hashable, Sendable {
  /// An array that a kernel writes.
  package struct Output: Hashable, Sendable {
    package var kernel: String
    package var array: String

    package init(kernel: String, array: String) {
      self.kernel = kernel
      self.array = array
    }
  }

  /// Arrays so much larger than the caches that whole vectors are stored past them.
  package var streamed: Set<Output>

  package init(streamed: Set<Output> = []) { self.streamed = streamed }
}

/// Translates the kernels of loop programs to machine code of one CPU, by way of LLVM.
///
/// It may be used by one thread at a time; making one takes less time than compiling a kernel.
package struct ProgramCompiler: ~Copyable {
  package let cpu: HostCPU
  package let options: EmissionOptions
  private let machine: LLVMTargetMachineHandle

  /// - Throws: `targetUnavailable` for a CPU that lacks an instruction that emitted code relies on.
  package init(
    for cpu: HostCPU = .current, options: EmissionOptions = EmissionOptions()
  ) throws(CodeGenError) {
    machine = try .host(ProgramCompiler.checked(cpu))
    self.cpu = cpu
    self.options = options
  }

  private static func checked(_ cpu: HostCPU) throws(CodeGenError) -> HostCPU {
    #if arch(x86_64)
      for feature in ["sse4.1", "fma", "f16c"] where !cpu.has(feature) {
        throw .targetUnavailable("the CPU '\(cpu.name)' lacks \(feature)")
      }
    #endif
    return cpu
  }

  /// The passes that clean up what emission leaves: scratch arrays that fit registers, repeated
  /// index arithmetic, and what can be moved out of loops. LLVM's own `default<O3>` takes five times
  /// as long, and then as long again to translate what it unrolled.
  package static let passes = """
    function(sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg,loop-mssa(licm))
    """

  /// The kernels of a program as one module, as they were emitted.
  ///
  /// - Throws: `invalidKernel` for what has no code on a CPU.
  package func emit(_ program: LoopProgram) throws(CodeGenError) -> LLVMModuleHandle {
    let module = machine.makeModule(named: program.name)
    var names: Set<String> = []
    let alignments = program.parameterAlignments()
    for (kernel, alignments) in zip(program.kernels, alignments) {
      guard names.insert(kernel.name).inserted else {
        throw .invalidKernel(kernel.name, "another kernel has this name")
      }
      guard !reservedNames.contains(kernel.name), !kernel.name.hasPrefix("llvm.") else {
        throw .invalidKernel(kernel.name, "the name is taken")
      }
      let streamed = options.streamed.filter { $0.kernel == kernel.name }
      try KernelEmitter.emit(
        kernel, into: module, symbols: program.symbols, for: cpu,
        streamed: Set(streamed.map(\.array)), alignments: alignments)
    }
    return module
  }

  /// The kernels of a program as one optimized module.
  package func optimized(_ program: LoopProgram) throws(CodeGenError) -> LLVMModuleHandle {
    let module = try emit(program)
    try module.runPasses(ProgramCompiler.passes, on: machine)
    return module
  }

  /// The kernels' machine code as assembly text.
  package func assembly(_ program: LoopProgram) throws(CodeGenError) -> String {
    try machine.emitAssembly(optimized(program))
  }

  /// The kernels' machine code as an object, which is what a cache may keep.
  package func object(_ program: LoopProgram) throws(CodeGenError) -> [UInt8] {
    try machine.emitObject(optimized(program))
  }

  /// The kernels, loaded.
  package func compile(
    _ program: LoopProgram, linker: ObjectLinker
  ) throws(CodeGenError) -> CompiledProgram {
    try CompiledProgram(program, object: linker.link(object: object(program)))
  }
}

/// Names of functions that LLVM makes calls to, which kernels must not take over.
private let reservedNames = Set(LLVMJITHandle.memoryFunctions)

/// The loaded kernels of a program.
package final class CompiledProgram: Sendable {
  /// Runs a kernel: the arrays in the order of its parameters, the program's sizes, and the range
  /// of iterations of a parallel loop to run.
  package typealias Entry =
    @convention(c) @Sendable (
      _ arrays: UnsafePointer<UnsafeMutableRawPointer?>?, _ symbols: UnsafePointer<Int64>?,
      _ begin: Int64, _ end: Int64
    ) -> Void

  /// The code; the entries are valid as long as it is there.
  package let object: LoadedObject
  /// The kernels' functions, in the program's order.
  package let entries: [Entry]

  /// Finds the kernels of `program` in the object that was made of it.
  package init(_ program: LoopProgram, object: LoadedObject) throws(CodeGenError) {
    var entries: [Entry] = []
    for kernel in program.kernels {
      entries.append(try object.function(kernel.name, as: Entry.self))
    }
    self.object = object
    self.entries = entries
  }
}
