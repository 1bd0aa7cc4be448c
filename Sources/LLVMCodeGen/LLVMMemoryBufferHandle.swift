import CLLVM

/// Owns bytes in the form in which LLVM hands files over.
struct LLVMMemoryBufferHandle: ~Copyable {
  private let raw: LLVMMemoryBufferRef

  /// Takes over a buffer that LLVM made.
  init(owning raw: LLVMMemoryBufferRef) { self.raw = raw }

  /// Copies bytes into a new buffer.
  init(copying bytes: [UInt8], named name: String) {
    raw = bytes.withUnsafeBytes { bytes in
      LLVMCreateMemoryBufferWithMemoryRangeCopy(
        bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, name)
    }
  }

  deinit { LLVMDisposeMemoryBuffer(raw) }

  /// A copy of the contents.
  var bytes: [UInt8] { Array(contents) }

  /// The contents as text.
  var text: String { String(decoding: contents, as: UTF8.self) }

  private var contents: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: LLVMGetBufferStart(raw), count: LLVMGetBufferSize(raw))
  }

  /// Gives the buffer up to a C function that takes it over.
  consuming func release() -> LLVMMemoryBufferRef {
    let raw = self.raw
    discard self
    return raw
  }
}
