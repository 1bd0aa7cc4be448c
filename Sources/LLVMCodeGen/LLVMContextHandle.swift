import CLLVM

/// Owns an LLVM context: the types, constants and metadata that one module's IR refers to.
///
/// A context may be used by one thread at a time. Making one takes a few microseconds, so
/// every compilation has its own.
package struct LLVMContextHandle: ~Copyable {
  let raw: LLVMContextRef
  let diagnostics: DiagnosticLog

  package init() {
    raw = LLVMContextCreate()
    diagnostics = DiagnosticLog()
    diagnostics.attach(to: raw)
  }

  deinit { LLVMContextDispose(raw) }
}
