import CLLVM

/// Owns a code generator for one target; it may be used by one thread at a time.
package struct LLVMTargetMachineHandle: ~Copyable {
  let raw: LLVMTargetMachineRef
  private let triple: String

  /// A code generator for the CPU at hand: position independent code, the small code model, the
  /// highest level of optimization.
  ///
  /// - Throws: `targetUnavailable` where LLVM was built without this machine's architecture.
  package static func host(
    _ cpu: HostCPU = .current
  ) throws(CodeGenError) -> LLVMTargetMachineHandle {
    guard hostTargetIsRegistered else {
      throw .targetUnavailable("LLVM was built without this machine's architecture")
    }
    return try LLVMTargetMachineHandle(
      triple: takeMessage(LLVMGetDefaultTargetTriple()), cpu: cpu.name, features: cpu.features)
  }

  /// A code generator for NVIDIA's GPUs, which writes PTX.
  ///
  /// - Throws: `targetUnavailable` where LLVM was built without NVPTX.
  package static func nvptx(
    _ architecture: GPUArchitecture
  ) throws(CodeGenError) -> LLVMTargetMachineHandle {
    guard gpuTargetIsRegistered else {
      throw .targetUnavailable("LLVM was built without NVPTX")
    }
    return try LLVMTargetMachineHandle(
      triple: "nvptx64-nvidia-cuda", cpu: architecture.name,
      features: "+ptx\(architecture.ptxVersion)")
  }

  private init(triple: String, cpu: String, features: String) throws(CodeGenError) {
    var target: LLVMTargetRef?
    var message: UnsafeMutablePointer<CChar>?
    guard LLVMGetTargetFromTriple(triple, &target, &message) == 0 else {
      throw .targetUnavailable(takeMessage(message))
    }
    guard
      let machine = LLVMCreateTargetMachine(
        target, triple, cpu, features, LLVMCodeGenLevelAggressive, LLVMRelocPIC,
        LLVMCodeModelDefault)
    else { throw .targetUnavailable("\(triple), \(cpu)") }
    raw = machine
    self.triple = triple
  }

  deinit { LLVMDisposeTargetMachine(raw) }

  /// An empty module in a context of its own, with this target's triple and data layout.
  package func makeModule(named name: String) -> LLVMModuleHandle {
    let module = LLVMModuleHandle(named: name, in: LLVMContextHandle())
    LLVMSetTarget(module.raw, triple)
    let layout = LLVMCreateTargetDataLayout(raw)
    LLVMSetModuleDataLayout(module.raw, layout)
    LLVMDisposeTargetData(layout)
    return module
  }

  /// A relocatable object of the module's machine code; the module stays as it is.
  package func emitObject(_ module: borrowing LLVMModuleHandle) throws(CodeGenError) -> [UInt8] {
    try emit(module, as: LLVMObjectFile).bytes
  }

  /// The module's machine code as assembly text; the module stays as it is.
  package func emitAssembly(_ module: borrowing LLVMModuleHandle) throws(CodeGenError) -> String {
    try emit(module, as: LLVMAssemblyFile).text
  }

  /// Translates a copy of the module, because code generation rewrites what it translates.
  private func emit(
    _ module: borrowing LLVMModuleHandle, as kind: LLVMCodeGenFileType
  ) throws(CodeGenError) -> LLVMMemoryBufferHandle {
    let copy = LLVMCloneModule(module.raw)
    defer { LLVMDisposeModule(copy) }
    var message: UnsafeMutablePointer<CChar>?
    var buffer: LLVMMemoryBufferRef?
    let failed = LLVMTargetMachineEmitToMemoryBuffer(raw, copy, kind, &message, &buffer) != 0
    let explanation = takeMessage(message)
    guard !failed, let buffer else { throw .emissionFailed(explanation) }
    let result = LLVMMemoryBufferHandle(owning: buffer)
    if let message = module.diagnostics.take() { throw .emissionFailed(message) }
    return result
  }
}

/// Whether LLVM has this machine's architecture; its tables are registered once, at first use.
let hostTargetIsRegistered: Bool =
  LLVMInitializeNativeTarget() == 0 && LLVMInitializeNativeAsmPrinter() == 0

/// Whether LLVM has NVPTX; its tables are registered once, at first use.
let gpuTargetIsRegistered: Bool = {
  LLVMInitializeNVPTXTargetInfo()
  LLVMInitializeNVPTXTarget()
  LLVMInitializeNVPTXTargetMC()
  LLVMInitializeNVPTXAsmPrinter()
  var target: LLVMTargetRef?
  var message: UnsafeMutablePointer<CChar>?
  defer { LLVMDisposeMessage(message) }
  return LLVMGetTargetFromTriple("nvptx64-nvidia-cuda", &target, &message) == 0
}()
