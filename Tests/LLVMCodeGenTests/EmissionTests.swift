import LLVMCodeGen
import LoopIR
import ScalarIR
import Testing

/// What emission rejects, and what its text says.
@Suite struct EmissionTests {
  private let copy: [Statement] = [
    .define("x", .f32, .load(array: "a", index: .variable("i"))),
    .store(array: "out", index: .variable("i"), value: "x"),
  ]

  private func kernel(_ body: [Statement], named name: String = "k") -> Kernel {
    Kernel(name, [("a", .f32), ("out", .f32)], body)
  }

  private func message(_ kernels: [Kernel]) -> String {
    do {
      let program = LoopProgram(name: "p", symbols: ["n"], kernels: kernels)
      _ = try ProgramCompiler().emit(program)
      return "no error"
    } catch { return "\(error)" }
  }

  private func message(_ body: [Statement]) -> String { message([kernel(body)]) }

  @Test func whatHasNoCodeIsRejected() {
    let n: Index = .symbol("n")
    func loop(_ mark: Loop.Mark, _ body: [Statement]) -> Statement {
      .loop(Loop("i", n, mark, body))
    }
    #expect(message([.barrier]) == "kernel 'k': a barrier is mapped for a grid, not for a CPU")
    let one = Statement.define("a", .f32, .constant(.zero(.f32)))
    #expect(
      message([one, .define("b", .f32, .shuffle("a", lane: 0))])
        == "kernel 'k': a shuffle is mapped for a grid, not for a CPU")
    #expect(message([loop(.block(axis: 0), copy)]).contains("'i' is mapped for a grid"))
    #expect(message([loop(.thread(axis: 1), copy)]).contains("'i' is mapped for a grid"))
    #expect(message([loop(.unrolled, copy)]).contains("extent of the unrolled loop over 'i'"))
    #expect(message([loop(.vector(width: 12), copy)]).contains("vectors of 12 lanes"))
    #expect(message([loop(.vector(width: 8), [loop(.serial, [])])]).contains("holds a loop"))
    #expect(message([loop(.serial, [loop(.parallel, [])])]).contains("parallel loop is not the"))
    #expect(message(copy).contains("no loop over 'i'"))
    #expect(message([.store(array: "out", index: 0, value: "y")]).contains("'y' is used before"))
    #expect(
      message([.define("x", .f32, .load(array: "b", index: 0))]).contains("no array 'b'"))
    #expect(
      message([.define("x", .i32, .index(.symbol("m")))]).contains("no size 'm'"))
    #expect(message([.scratch(name: "s", .f64, count: 1 << 20)]).contains("scratch arrays"))
    #expect(message([kernel([], named: "f"), kernel([], named: "f")]).contains("another kernel"))
    #expect(message([kernel([], named: "memset")]).contains("the name is taken"))
  }

  #if arch(x86_64)
    @Test func fusedMultiplyAddIsRequired() {
      let old = HostCPU(name: "x86-64", features: "+sse2", cores: 1)
      let error = #expect(throws: CodeGenError.self) { _ = try ProgramCompiler(for: old) }
      #expect(error?.description.contains("lacks sse4.1") == true)
    }
  #endif

  @Test func vectorsAreEmittedBeforeAnyPass() throws {
    let program = LoopProgram(
      name: "p", symbols: ["n"],
      kernels: [kernel([.loop(Loop("i", .symbol("n"), .vector(width: 16), copy))])])
    let compiler = try ProgramCompiler()
    let text = try compiler.emit(program).text()
    #expect(text.contains("define void @k(ptr %0, ptr %1, i64 %2, i64 %3)"), "\(text)")
    #expect(text.contains("load <16 x float>"), "\(text)")
    #expect(text.contains("call <16 x float> @llvm.masked.load"), "\(text)")
    #expect(try compiler.optimized(program).text().contains("load <16 x float>"))
  }

  /// An aligned main part of a streamed array goes past the caches; nothing else does.
  @Test func streamedStores() throws {
    let (b, i): (Index, Index) = (.variable("b"), .variable("i"))
    func program(offset: Int) -> LoopProgram {
      let body: [Statement] = [
        .define("x", .f32, .load(array: "a", index: b * 4096 + i)),
        .store(array: "out", index: b * 4096 + i + .constant(offset), value: "x"),
      ]
      let inner = Loop(
        "i", .minimum(of: 4096, .symbol("n") - b * 4096), .vector(width: 16), body)
      return LoopProgram(
        name: "p", symbols: ["n"],
        kernels: [kernel([.loop(Loop("b", .symbol("n"), .parallel, [.loop(inner)]))])])
    }
    let streaming = EmissionOptions(streamed: [.init(kernel: "k", array: "out")])
    #expect(
      try ProgramCompiler(options: streaming).emit(program(offset: 0)).text()
        .contains("!nontemporal"))
    #expect(
      try !ProgramCompiler(options: streaming).emit(program(offset: 1)).text()
        .contains("!nontemporal"))
    #expect(try !ProgramCompiler().emit(program(offset: 0)).text().contains("!nontemporal"))
    #if arch(x86_64)
      let assembly = try ProgramCompiler(options: streaming).assembly(program(offset: 0))
      #expect(assembly.contains("vmovntps") && assembly.contains("sfence"), "\(assembly)")
    #endif
  }
}
