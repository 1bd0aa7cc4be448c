import Locking

/// Loads object code into this process.
///
/// Objects see nothing of the process but memcpy, memmove and memset. Each is alone in a library of
/// ORC's, so that two objects may define the same names; libraries are used again after unloading,
/// because ORC cannot free them.
package final class ObjectLinker: Sendable {
  private let jit: LLVMJITHandle
  private let libraries = Lock(Libraries())

  private struct Libraries {
    var free: [JITLibrary] = []
    var count = 0
  }

  package init() throws(CodeGenError) { jit = try LLVMJITHandle() }

  /// The linker that all of the process shares.
  package static func shared() throws(CodeGenError) -> ObjectLinker { try sharedLinker.get() }

  /// Loads an object, resolving all of its references now.
  ///
  /// - Throws: `malformedObject` for bytes that are no object, `linkFailed` where it refers to a
  ///   symbol that does not resolve.
  package func link(object: [UInt8]) throws(CodeGenError) -> LoadedObject {
    let symbols = try ELFSymbols(of: object)
    let buffer = LLVMMemoryBufferHandle(copying: object, named: "object")
    let tracker = ResourceTrackerHandle(in: try takeLibrary(), of: self)
    try jit.add(buffer, to: tracker)
    let addresses = try jit.lookUp(symbols.defined, in: tracker)
    return LoadedObject(tracker: tracker, addresses: addresses)
  }

  /// The number of libraries made so far: the most objects that were loaded at one time.
  package var libraryCount: Int { libraries.withLock { $0.count } }

  private func takeLibrary() throws(CodeGenError) -> JITLibrary {
    let (free, number) = libraries.withLock { libraries in
      if let library = libraries.free.popLast() { return (library as JITLibrary?, 0) }
      libraries.count += 1
      return (nil, libraries.count)
    }
    return if let free { free } else { try jit.makeLibrary(named: "object \(number)") }
  }

  /// Lends an emptied library again.
  func giveBack(_ library: JITLibrary) {
    libraries.withLock { $0.free.append(library) }
  }
}

private let sharedLinker = Result { () throws(CodeGenError) in try ObjectLinker() }

/// Machine code that can be called; releasing it unloads the code.
package final class LoadedObject: Sendable {
  private let tracker: ResourceTrackerHandle
  private let addresses: [String: UInt]

  fileprivate init(tracker: consuming ResourceTrackerHandle, addresses: [String: UInt]) {
    self.tracker = tracker
    self.addresses = addresses
  }

  /// The names that the object defines.
  package var symbols: [String] { addresses.keys.sorted() }

  /// The address of a function or of data.
  ///
  /// - Throws: `symbolNotFound` where the object does not define the name.
  package func address(of name: String) throws(CodeGenError) -> UInt {
    guard let address = addresses[name] else { throw .symbolNotFound(name) }
    return address
  }

  /// A function under its C type, which the caller vouches for; it is valid as long as this object.
  ///
  /// - Parameter type: a `@convention(c)` function type.
  package func function<Function>(
    _ name: String, as type: Function.Type
  ) throws(CodeGenError) -> Function {
    precondition(MemoryLayout<Function>.size == MemoryLayout<UInt>.size, "not a C function type")
    return unsafeBitCast(try address(of: name), to: type)
  }
}
