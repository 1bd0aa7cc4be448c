import CLLVM
import LoopIR

/// Translates the kernels of loop programs to PTX, NVIDIA's portable assembly language, by way of
/// LLVM.
///
/// It may be used by one thread at a time.
package struct PTXCompiler: ~Copyable {
  package let architecture: GPUArchitecture
  private let machine: LLVMTargetMachineHandle

  /// - Throws: `targetUnavailable` where LLVM was built without NVPTX.
  package init(for architecture: GPUArchitecture) throws(CodeGenError) {
    self.architecture = architecture
    machine = try .nvptx(architecture)
  }

  /// The CPU's passes, and short loops written out, so that a thread's scratch arrays fit registers.
  package static let passes = """
    function(sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg,loop-mssa(licm),\
    loop(loop-unroll-full),sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg)
    """

  /// The kernels of a program as one module, as they were emitted.
  ///
  /// - Throws: `invalidKernel` for what has no code on a GPU.
  package func emit(_ program: LoopProgram) throws(CodeGenError) -> LLVMModuleHandle {
    let module = machine.makeModule(named: program.name)
    var names: Set<String> = []
    for (number, kernel) in program.kernels.enumerated() {
      guard names.insert(kernel.name).inserted else {
        throw .invalidKernel(kernel.name, "another kernel has this name")
      }
      try emit(kernel, number, of: program, into: module)
    }
    return module
  }

  private func emit(
    _ kernel: Kernel, _ number: Int, of program: LoopProgram,
    into module: borrowing LLVMModuleHandle
  ) throws(CodeGenError) {
    let shape: GridShape
    do { shape = try GridShape(of: kernel) } catch {
      throw .invalidKernel(kernel.name, "\(error)")
    }
    guard shape.sharedBytes <= architecture.sharedMemoryLimit else {
      throw .invalidKernel(
        kernel.name,
        "its blocks share \(shape.sharedBytes) bytes; \(architecture) has "
          + "\(architecture.sharedMemoryLimit)")
    }
    let parameterCount = kernel.parameters.count + program.symbols.count
    guard parameterCount <= GPUArchitecture.parameterLimit else {
      throw .invalidKernel(
        kernel.name,
        "it takes \(parameterCount) arrays and sizes; \(architecture) allows "
          + "\(GPUArchitecture.parameterLimit)")
    }
    let array: LLVMTypeRef = LLVMPointerTypeInContext(module.context, GPUAddressSpace.global)
    let size: LLVMTypeRef = LLVMInt64TypeInContext(module.context)
    var parameters =
      kernel.parameters.map { _ in array as LLVMTypeRef? }
      + program.symbols.map { _ in size as LLVMTypeRef? }
    let type = LLVMFunctionType(
      LLVMVoidTypeInContext(module.context), &parameters, UInt32(parameters.count), 0)
    guard
      let function = LLVMAddFunction(
        module.raw, PTXCompiler.entryName(of: kernel, number), type)
    else { throw .invalidKernel(kernel.name, "it could not be added") }
    module.markKernel(function, threads: shape.threads)
    let emitter = KernelEmitter(
      kernel, mapped: shape, in: module, function: function, symbols: program.symbols,
      alignments: program.parameterAlignments()[number])
    try emitter.emit(kernel.body)
    LLVMBuildRetVoid(emitter.builder.raw)
  }

  /// The name of a kernel's entry in PTX: its own where PTX can have it.
  package static func entryName(of kernel: Kernel, _ number: Int) -> String {
    let isName =
      kernel.name.utf8.first.map { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 } == true
      && kernel.name.utf8.allSatisfy {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
          || $0 == UInt8(ascii: "_")
      }
    // A name that a number could stand in the way of gets one too.
    return isName && !kernel.name.hasPrefix("kernel_") ? kernel.name : "kernel_\(number)"
  }

  /// The kernels of a program as one optimized module.
  package func optimized(_ program: LoopProgram) throws(CodeGenError) -> LLVMModuleHandle {
    let module = try emit(program)
    try module.runPasses(PTXCompiler.passes, on: machine)
    return module
  }

  /// The kernels as PTX.
  ///
  /// - Throws: `emissionFailed` where the text refers to a function that is not in it.
  package func assembly(_ program: LoopProgram) throws(CodeGenError) -> String {
    let text = try machine.emitAssembly(optimized(program))
    for line in text.split(separator: "\n") {
      guard line.hasPrefix(".extern"), line.contains(".func") else { continue }
      throw .emissionFailed("the code for \(architecture) calls a function: \(line)")
    }
    return text
  }
}

extension LLVMModuleHandle {
  /// Marks a function as a kernel that is launched with blocks of this many threads.
  fileprivate func markKernel(_ function: LLVMValueRef, threads: [Int]) {
    LLVMSetFunctionCallConv(function, UInt32(LLVMPTXKernelCallConv.rawValue))
    let noUnwind = LLVMGetEnumAttributeKindForName("nounwind", 8)
    LLVMAddAttributeAtIndex(
      function, LLVMAttributeIndex(truncatingIfNeeded: -1),
      LLVMCreateEnumAttribute(context, noUnwind, 0))
    annotate(function, "kernel", 1)
    for (axis, extent) in zip(["reqntidx", "reqntidy", "reqntidz"], threads) {
      annotate(function, axis, extent)
    }
  }

  /// Adds to what the NVPTX code generator is told of a function.
  private func annotate(_ function: LLVMValueRef, _ name: String, _ value: Int) {
    let i32: LLVMTypeRef = LLVMInt32TypeInContext(context)
    var fields: [LLVMMetadataRef?] = [
      LLVMValueAsMetadata(function),
      LLVMMDStringInContext2(context, name, name.utf8.count),
      LLVMValueAsMetadata(LLVMConstInt(i32, UInt64(value), 0)),
    ]
    let node = LLVMMetadataAsValue(context, LLVMMDNodeInContext2(context, &fields, 3))
    LLVMAddNamedMetadataOperand(raw, "nvvm.annotations", node)
  }
}
