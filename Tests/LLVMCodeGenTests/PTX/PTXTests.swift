import LLVMCodeGen
import LoopIR
import SExpression
import ScalarIR
import TensorJITTestSupport
import Testing

/// PTX of kernels that are mapped by hand: what it says, and that the assembler takes it.
@Suite struct PTXTests {
  static let architectures = ["sm_80", "sm_90a"]

  private func ptx(_ text: String, _ architecture: String = "sm_90a") throws -> String {
    let program = try LoopProgram(verifying: text)
    let compiler = try PTXCompiler(for: GPUArchitecture(named: architecture))
    try compiler.emit(program).verify()
    return try compiler.assembly(program)
  }

  @Test(arguments: MappedPrograms.all, architectures)
  func assembles(_ text: String, _ architecture: String) throws {
    let ptx = try ptx(text, architecture)
    #expect(ptx.contains(".target \(architecture)"))
    #expect(try PTXAssembler.complaint(ptx, architecture: architecture) == nil)
  }

  @Test func arithmeticIsNotContracted() throws {
    let ptx = try ptx(MappedPrograms.elementwise)
    #expect(ptx.contains("mul.rn.f32") && ptx.contains("add.rn.f32"))
    #expect(!ptx.contains("fma") && !ptx.contains("ftz"))
  }

  @Test func blocksThreadsAndBarriers() throws {
    let ptx = try ptx(MappedPrograms.rowSum)
    #expect(ptx.contains(".reqntid 128, 1, 1"))
    #expect(ptx.contains("%ctaid.x") && ptx.contains("%tid.x"))
    #expect(ptx.contains(".shared .align 16 .b8 k0_shared[512]"))
    // After the lanes, in the loop, and before the last thread goes on alone.
    #expect(ptx.split(separator: "bar.sync").count - 1 >= 3)
  }

  @Test func vectorsAreMovedWhole() throws {
    let ptx = try ptx(MappedPrograms.vectors)
    #expect(ptx.contains("ld.global.v4.f32") && ptx.contains("st.global.v4.f32"))
  }

  @Test func manyBlocksAreTakenInSteps() throws {
    #expect(try ptx(MappedPrograms.manyBlocks).contains("%nctaid.y"))
    #expect(try !ptx(MappedPrograms.product).contains("%nctaid"))
  }

  @Test func indicesAreNarrowWhereTheyFit() throws {
    func text(_ rows: Int) -> String {
      """
      (program p (buffer x i8 \(rows * 64) :input 0) (buffer y i8 \(rows * 64) :output)
        (kernel k0 [(x i8 :read) (y i8 :write)]
          (for b \(rows) :block 0 (for t 64 :thread 0
            (let v i8 (load x (floordiv (add (mul b 64) t) 3)))
            (store y (add (mul b 64) t) v))))
        (launch k0 [x y]) (return (y y)))
      """
    }
    #expect(try !ptx(text(1000)).contains("mul.hi.u64"))
    #expect(try !ptx(text(1000)).contains("div.u64"))
    // Positions beyond 2³¹ take 64 bits.
    let wide = try ptx(text(1 << 27))
    #expect(wide.contains("mul.hi.u64") || wide.contains("div.u64") || wide.contains("mul.hi.s64"))
  }

  @Test func muchSharedMemoryIsGivenAtTheLaunch() throws {
    func text(_ count: Int) -> String {
      """
      (program p (buffer y f32 32 :output)
        (kernel k0 [(y f32 :write)]
          (for b 1 :block 0
            (scratch s f32 \(count))
            (for t 32 :thread 0
              (let z f32 (constant 1)) (store s (mul t 2) z)
              (barrier)
              (let v f32 (load s (mul t 2))) (store y t v))))
        (launch k0 [y]) (return (y y)))
      """
    }
    let ptx = try ptx(text(20_000))
    #expect(ptx.contains(".extern .shared .align 16 .b8 k0_shared[]"))
    #expect(try PTXAssembler.complaint(ptx, architecture: "sm_90a") == nil)
    #expect(throws: CodeGenError.self) { try self.ptx(text(100_000)) }
  }

  @Test func whatIsNotMappedHasNoCode() throws {
    let text = """
      (program p (buffer y f32 64 :output)
        (kernel k0 [(y f32 :write)] (for i 64 (let z f32 (constant 1)) (store y i z)))
        (launch k0 [y]) (return (y y)))
      """
    do {
      _ = try ptx(text)
      Issue.record("the kernel has code")
    } catch {
      #expect("\(error)".contains("expected one loop over blocks"), "\(error)")
    }
  }

  @Test func unknownArchitectures() throws {
    #expect(throws: CodeGenError.self) { try GPUArchitecture(named: "sm_70") }
    #expect(throws: CodeGenError.self) { try GPUArchitecture(computeCapability: 7, 5) }
    #expect(try GPUArchitecture(computeCapability: 9, 0).name == "sm_90a")
    #expect(try GPUArchitecture(computeCapability: 10, 0).name == "sm_90")
    #expect(try GPUArchitecture(computeCapability: 8, 0).name == "sm_80")
  }
}
