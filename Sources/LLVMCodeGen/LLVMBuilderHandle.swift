import CLLVM

/// Owns an instruction builder; it must not outlive the module that it was made for.
package struct LLVMBuilderHandle: ~Copyable {
  package let raw: LLVMBuilderRef

  /// A builder for the functions of one module.
  package init(for module: borrowing LLVMModuleHandle) {
    raw = LLVMCreateBuilderInContext(module.context)
  }

  deinit { LLVMDisposeBuilder(raw) }
}
