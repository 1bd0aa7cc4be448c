import CLLVM

/// Copies and releases a string that LLVM allocated with its own allocator.
func takeMessage(_ message: UnsafeMutablePointer<CChar>?) -> String {
  guard let message else { return "" }
  defer { LLVMDisposeMessage(message) }
  return trimmingTrailingNewlines(String(cString: message))
}

/// Releases an LLVM error and returns its text, or nil where there was no error.
func takeError(_ error: LLVMErrorRef?) -> String? {
  guard let error, let message = LLVMGetErrorMessage(error) else { return nil }
  defer { LLVMDisposeErrorMessage(message) }
  return trimmingTrailingNewlines(String(cString: message))
}

private func trimmingTrailingNewlines(_ text: String) -> String {
  var end = text.endIndex
  while end > text.startIndex, text[text.index(before: end)] == "\n" {
    end = text.index(before: end)
  }
  return String(text[..<end])
}

/// The errors that LLVM reports for one context, which would otherwise end the process.
///
/// A context belongs to one thread at a time, and so does its log.
final class DiagnosticLog {
  private var errors: [String] = []

  /// Starts to receive the errors of a context; the log must live as long as the context does.
  func attach(to context: LLVMContextRef) {
    let log = Unmanaged.passUnretained(self).toOpaque()
    LLVMContextSetDiagnosticHandler(
      context,
      { info, log in
        guard let info, let log, LLVMGetDiagInfoSeverity(info) == LLVMDSError else { return }
        Unmanaged<DiagnosticLog>.fromOpaque(log).takeUnretainedValue()
          .errors.append(takeMessage(LLVMGetDiagInfoDescription(info)))
      }, log)
  }

  /// Removes and returns the errors since the last call, or nil where there were none.
  func take() -> String? {
    if errors.isEmpty { return nil }
    defer { errors.removeAll() }
    return errors.joined(separator: "\n")
  }
}
