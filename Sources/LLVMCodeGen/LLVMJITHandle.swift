import CLLVM
import Glibc
import Locking

/// Owns ORC's `LLJIT`, of which only the linking of objects is used.
///
/// ORC's session has a lock of its own, so every operation here may be called from any thread.
struct LLVMJITHandle: ~Copyable, @unchecked Sendable {
  private let raw: LLVMOrcLLJITRef
  private let log: LinkLog

  init() throws(CodeGenError) {
    guard hostTargetIsRegistered else {
      throw .targetUnavailable("LLVM was built without this machine's architecture")
    }
    var jit: LLVMOrcLLJITRef?
    let message = takeError(LLVMOrcCreateLLJIT(&jit, nil))
    guard let jit else { throw .linkFailed(message ?? "no linker") }
    raw = jit
    log = LinkLog()
    log.attach(to: LLVMOrcLLJITGetExecutionSession(jit))
  }

  deinit { _ = takeError(LLVMOrcDisposeLLJIT(raw)) }

  /// A new, empty library, in which nothing resolves but memcpy, memmove and memset.
  ///
  /// It is a bare one: unlike `LLJIT`'s main library it does not see the process's symbols.
  func makeLibrary(named name: String) throws(CodeGenError) -> JITLibrary {
    let session = LLVMOrcLLJITGetExecutionSession(raw)
    guard let library = LLVMOrcExecutionSessionCreateBareJITDylib(session, name) else {
      throw .linkFailed("no library '\(name)'")
    }
    var symbols: [LLVMOrcCSymbolMapPair] = []
    for name in LLVMJITHandle.memoryFunctions {
      guard let address = dlsym(nil, name) else { throw .linkFailed("no '\(name)' in libc") }
      symbols.append(
        LLVMOrcCSymbolMapPair(
          Name: LLVMOrcLLJITMangleAndIntern(raw, name),
          Sym: LLVMJITEvaluatedSymbol(
            Address: UInt64(UInt(bitPattern: address)), Flags: exportedFunction)))
    }
    let unit = LLVMOrcAbsoluteSymbols(&symbols, symbols.count)
    if let message = takeError(LLVMOrcJITDylibDefine(library, unit)) {
      LLVMOrcDisposeMaterializationUnit(unit)
      throw .linkFailed(message)
    }
    return JITLibrary(raw: library)
  }

  /// The C functions that generated code may call, because LLVM itself makes calls to them.
  static let memoryFunctions = ["memcpy", "memmove", "memset"]

  /// Gives an object to the linker; it is linked by the first look-up.
  func add(
    _ object: consuming LLVMMemoryBufferHandle, to tracker: borrowing ResourceTrackerHandle
  ) throws(CodeGenError) {
    if let message = takeError(
      LLVMOrcLLJITAddObjectFileWithRT(raw, tracker.raw, object.release()))
    {
      throw .linkFailed(message)
    }
  }

  /// Links what defines the symbols and returns their addresses.
  func lookUp(
    _ names: [String], in tracker: borrowing ResourceTrackerHandle
  ) throws(CodeGenError) -> [String: UInt] {
    if names.isEmpty { return [:] }
    var order = [
      LLVMOrcCJITDylibSearchOrderElement(
        JD: tracker.library.raw, JDLookupFlags: LLVMOrcJITDylibLookupFlagsMatchExportedSymbolsOnly)
    ]
    var symbols = names.map { name in
      LLVMOrcCLookupSetElement(
        Name: LLVMOrcLLJITMangleAndIntern(raw, name),
        LookupFlags: LLVMOrcSymbolLookupFlagsRequiredSymbol)
    }
    let outcome = LookupOutcome()
    LLVMOrcExecutionSessionLookup(
      LLVMOrcLLJITGetExecutionSession(raw), LLVMOrcLookupKindStatic, &order, order.count, &symbols,
      symbols.count,
      { error, pairs, count, outcome in
        guard let outcome else { return }
        Unmanaged<LookupOutcome>.fromOpaque(outcome).takeRetainedValue()
          .complete(error: error, pairs: pairs, count: count)
      }, Unmanaged.passRetained(outcome).toOpaque())
    outcome.isThere.wait()
    let details = log.take()
    guard let addresses = outcome.addresses else {
      let message = outcome.message ?? "no addresses"
      throw .linkFailed(([message] + details).joined(separator: "; "))
    }
    return addresses
  }
}

/// A name space of loaded symbols; the JIT that made it owns it.
struct JITLibrary: @unchecked Sendable {
  fileprivate let raw: LLVMOrcJITDylibRef
}

/// Owns what the linker made of one object, and the use of the library that holds it.
struct ResourceTrackerHandle: ~Copyable, @unchecked Sendable {
  fileprivate let raw: LLVMOrcResourceTrackerRef
  fileprivate let library: JITLibrary
  private let linker: ObjectLinker

  /// A tracker of a library that the linker lent.
  init(in library: JITLibrary, of linker: ObjectLinker) {
    raw = LLVMOrcJITDylibCreateResourceTracker(library.raw)
    self.library = library
    self.linker = linker
  }

  /// Unloads the object; a library that could not be emptied is not used again.
  deinit {
    let failure = takeError(LLVMOrcResourceTrackerRemove(raw))
    LLVMOrcReleaseResourceTracker(raw)
    if failure == nil { linker.giveBack(library) }
  }
}

private let exportedFunction = LLVMJITSymbolFlags(
  GenericFlags: UInt8(
    LLVMJITSymbolGenericFlagsExported.rawValue | LLVMJITSymbolGenericFlagsCallable.rawValue),
  TargetFlags: 0)

/// What one lookup found.
///
/// Threads that look up at the same time share ORC's queue of what is to be linked, so another one may
/// link the object, and complete the lookup after the call has returned.
private final class LookupOutcome {
  let isThere = Latch()
  private(set) var addresses: [String: UInt]?
  private(set) var message: String?

  func complete(error: LLVMErrorRef?, pairs: LLVMOrcCSymbolMapPairs?, count: Int) {
    defer { isThere.open() }
    message = takeError(error)
    if message != nil { return }
    addresses = UnsafeBufferPointer(start: pairs, count: count).reduce(into: [:]) { found, pair in
      found[String(cString: LLVMOrcSymbolStringPoolEntryStr(pair.Name))] = UInt(pair.Sym.Address)
    }
  }
}
