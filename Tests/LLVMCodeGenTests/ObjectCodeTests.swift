import Foundation
import LLVMCodeGen
import Testing

@Suite struct ObjectCodeTests {
  private func vectorAddObject(calling callee: String? = nil) throws -> [UInt8] {
    let machine = try LLVMTargetMachineHandle.host()
    let module = vectorAddModule(named: "add", on: machine, calling: callee)
    try module.verify()
    try module.runPasses("default<O2>", on: machine)
    return try machine.emitObject(module)
  }

  private func checkSum(_ loaded: LoadedObject) throws {
    let add = try loaded.function("add", as: VectorAdd.self)
    let lhs = (0..<64).map { Float($0) }
    let rhs = (0..<64).map { Float($0) * 0.5 }
    var sum = [Float](repeating: .nan, count: 64)
    withExtendedLifetime(loaded) { add(lhs, rhs, &sum, 64) }
    #expect(sum == (0..<64).map { Float($0) * 1.5 })
  }

  @Test func vectorsAreAddedByLinkedCode() throws {
    let loaded = try ObjectLinker.shared().link(object: vectorAddObject())
    #expect(loaded.symbols == ["add"])
    try checkSum(loaded)
    #expect(throws: CodeGenError.symbolNotFound("subtract")) {
      try loaded.address(of: "subtract")
    }
  }

  @Test func theHostsFullVectorWidthIsUsed() throws {
    let machine = try LLVMTargetMachineHandle.host()
    let module = vectorAddModule(named: "add", on: machine)
    let text = module.text()
    #expect(text.contains("fadd <16 x float>"))
    let assembly = try machine.emitAssembly(module)
    #expect(assembly.contains("add:"))
    #expect(module.text() == text, "emission leaves the module as it was")
    #if arch(x86_64)
      #expect(assembly.contains("zmm") == (HostCPU.current.vectorBits == 512))
    #endif
  }

  @Test func widthFollowsFromFeatures() {
    #expect(HostCPU(name: "", features: "+avx2,-avx512f", cores: 1).vectorBits == 256)
    #expect(HostCPU(name: "", features: "+avx2,+avx512f", cores: 1).vectorBits == 512)
    #expect(HostCPU(name: "", features: "+sse2,-avx2", cores: 1).vectorBits == 128)
    #expect(HostCPU.current.cores > 0 && !HostCPU.current.name.isEmpty)
  }

  @Test func objectsOfTheSameNameLiveSideBySide() throws {
    let object = try vectorAddObject()
    let first = try ObjectLinker.shared().link(object: object)
    let second = try ObjectLinker.shared().link(object: object)
    #expect(try first.address(of: "add") != second.address(of: "add"))
    try checkSum(first)
    try checkSum(second)
  }

  @Test func unloadingReturnsMemory() throws {
    let object = try vectorAddObject()
    let linker = try ObjectLinker()
    for _ in 0..<100 { try checkSum(linker.link(object: object)) }
    // Other tests take memory meanwhile; a leak would show in every round, they in some.
    var growths: [Int] = []
    for round in 0..<100 {
      if round > 0 { usleep(100_000) }
      let before = try residentBytes()
      for _ in 0..<1_000 { try checkSum(linker.link(object: object)) }
      growths.append(try residentBytes() - before)
      if growths[round] < 2 << 20 { break }
    }
    #expect((growths.min() ?? .max) < 2 << 20, "1,000 loads took \(growths) bytes")
    #expect(linker.libraryCount == 1)
  }

  @Test func threadsCompileAndLinkAtOnce() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<10 {
            try checkSum(ObjectLinker.shared().link(object: vectorAddObject()))
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func undefinedSymbolsAreListedAndDoNotResolve() throws {
    #expect(try ELFSymbols(of: vectorAddObject()).undefined == [])
    let object = try vectorAddObject(calling: "getpid")
    #expect(try ELFSymbols(of: object).undefined.contains("getpid"))
    let error = #expect(throws: CodeGenError.self) {
      try ObjectLinker.shared().link(object: object)
    }
    guard case .linkFailed(let message)? = error else {
      Issue.record("expected linkFailed, found \(String(describing: error))")
      return
    }
    #expect(message.contains("getpid"), "\(message)")
    // The library that the failure left behind works again.
    try checkSum(ObjectLinker.shared().link(object: vectorAddObject()))
  }

  @Test func memoryFunctionsResolve() throws {
    let machine = try LLVMTargetMachineHandle.host()
    let object = try machine.emitObject(copyModule(on: machine))
    let undefined = try ELFSymbols(of: object).undefined
    #expect(undefined.filter { $0 != "_GLOBAL_OFFSET_TABLE_" } == ["memcpy"])
    let loaded = try ObjectLinker.shared().link(object: object)
    typealias Copy = @convention(c) (UnsafeMutablePointer<UInt8>, UnsafePointer<UInt8>, Int) -> Void
    let copy = try loaded.function("copy", as: Copy.self)
    let source = [UInt8](0..<200)
    var target = [UInt8](repeating: 0, count: 200)
    withExtendedLifetime(loaded) { copy(&target, source, 200) }
    #expect(target == source)
  }

  @Test func errorsAreThrown() throws {
    let machine = try LLVMTargetMachineHandle.host()
    let broken = brokenModule(on: machine)
    let error = #expect(throws: CodeGenError.self) { try broken.verify() }
    guard case .invalidModule(let message)? = error else {
      Issue.record("expected invalidModule, found \(String(describing: error))")
      return
    }
    #expect(message.contains("terminator"), "\(message)")
    let module = vectorAddModule(named: "add", on: machine)
    #expect(throws: CodeGenError.self) { try module.runPasses("no-such-pass", on: machine) }
  }

  @Test func malformedObjectsAreRejected() throws {
    let object = try vectorAddObject()
    #expect(throws: CodeGenError.self) { try ELFSymbols(of: []) }
    #expect(throws: CodeGenError.self) { try ObjectLinker.shared().link(object: [1, 2, 3]) }
    for length in stride(from: 0, to: object.count, by: 7) {
      let head = Array(object[..<length])
      #expect(throws: CodeGenError.self) { try ObjectLinker.shared().link(object: head) }
    }
  }

  private func residentBytes() throws -> Int {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(
      separator: " ")
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
