import CLLVM

/// Owns a module of LLVM IR together with its context.
package struct LLVMModuleHandle: ~Copyable {
  package let raw: LLVMModuleRef
  private let owner: LLVMContextHandle

  /// An empty module; its target is set by `LLVMTargetMachineHandle.makeModule`.
  package init(named name: String, in context: consuming LLVMContextHandle) {
    raw = LLVMModuleCreateWithNameInContext(name, context.raw)
    owner = context
  }

  deinit { LLVMDisposeModule(raw) }

  /// The context in which the module's types and constants live.
  package var context: LLVMContextRef { owner.raw }

  var diagnostics: DiagnosticLog { owner.diagnostics }

  /// The module as LLVM assembly text.
  package func text() -> String { takeMessage(LLVMPrintModuleToString(raw)) + "\n" }

  /// Throws `invalidModule` with LLVM's explanation where the IR is ill-formed.
  package func verify() throws(CodeGenError) {
    var message: UnsafeMutablePointer<CChar>?
    let broken = LLVMVerifyModule(raw, LLVMReturnStatusAction, &message) != 0
    let explanation = takeMessage(message)
    if broken { throw .invalidModule(explanation) }
  }

  /// Runs a pass pipeline in the syntax of `opt -passes=`, e.g. `default<O2>` or `sroa,gvn`.
  ///
  /// - Throws: `passesFailed` for an unknown pass or for an error that a pass reports.
  package func runPasses(
    _ pipeline: String, on machine: borrowing LLVMTargetMachineHandle
  ) throws(CodeGenError) {
    let options = LLVMCreatePassBuilderOptions()
    defer { LLVMDisposePassBuilderOptions(options) }
    if let message = takeError(LLVMRunPasses(raw, pipeline, machine.raw, options)) {
      throw .passesFailed(pipeline: pipeline, message: message)
    }
    if let message = diagnostics.take() {
      throw .passesFailed(pipeline: pipeline, message: message)
    }
  }

  /// Marks a function as one that runs on the host's full vector width and never unwinds.
  ///
  /// CPUs of the Skylake line make LLVM prefer 256-bit vectors for fear of lower clocks, splitting
  /// each 512-bit operation in two; `prefer-vector-width` says that the vectors are meant.
  package func setHostAttributes(of function: LLVMValueRef, for cpu: HostCPU) {
    addAttribute("prefer-vector-width", value: String(cpu.vectorBits), to: function)
    let noUnwind = LLVMGetEnumAttributeKindForName("nounwind", 8)
    LLVMAddAttributeAtIndex(
      function, functionAttributeIndex, LLVMCreateEnumAttribute(context, noUnwind, 0))
  }

  /// Adds a string attribute to a function.
  func addAttribute(_ name: String, value: String, to function: LLVMValueRef) {
    let attribute = LLVMCreateStringAttribute(
      context, name, UInt32(name.utf8.count), value, UInt32(value.utf8.count))
    LLVMAddAttributeAtIndex(function, functionAttributeIndex, attribute)
  }
}

/// `LLVMAttributeFunctionIndex`, an enumerator of value −1 that Swift imports with another type.
private let functionAttributeIndex = LLVMAttributeIndex(truncatingIfNeeded: -1)
