import DeviceRuntime
import Glibc
import LLVMCodeGen
import LoopIR
import ScalarIR
import Testing

/// Kernels that leave their buffers: under a guard the process ends, instead of going on with wrong
/// values.
@Suite struct GuardTrapTests {
  @Test func readingBehindABufferTraps() async {
    await #expect(processExitsWith: .signal(SIGSEGV)) {
      try run(readingAt: .variable("i") + 16, guardedBy: .behind)
    }
  }

  @Test func readingInFrontOfABufferTraps() async {
    await #expect(processExitsWith: .signal(SIGSEGV)) {
      try run(readingAt: .variable("i") - 1, guardedBy: .inFront)
    }
  }

  /// What is written where rounding leaves room behind the buffer is found when it is given back.
  @Test func writingJustBehindABufferIsFound() async {
    await #expect(processExitsWith: .failure) {
      try run(writingAt: .variable("i") + 1, guardedBy: .behind)
    }
  }

  @Test(arguments: [BufferGuard.none, .behind, .inFront])
  func stayingInABufferDoesNot(_ bufferGuard: BufferGuard) throws {
    try run(guardedBy: bufferGuard)
  }
}

/// Copies ten floats, with positions as they are wished.
private func run(
  readingAt source: LoopIR.Index = .variable("i"), writingAt target: LoopIR.Index = .variable("i"),
  guardedBy bufferGuard: BufferGuard
) throws {
  let kernel = Kernel(
    name: "copy",
    parameters: [
      ArrayParameter(name: "x", dtype: .f32, access: .read),
      ArrayParameter(name: "y", dtype: .f32, access: .write),
    ],
    body: [
      .loop(
        Loop(
          "i", 10, .serial,
          [
            .define("v", .f32, .load(array: "x", index: source)),
            .store(array: "y", index: target, value: "v"),
          ]))
    ])
  var program = LoopProgram(name: "test", kernels: [kernel])
  program.buffers = [
    BufferDeclaration(name: "x", dtype: .f32, count: 10, role: .input(0)),
    BufferDeclaration(name: "y", dtype: .f32, count: 10, role: .output),
  ]
  program.steps = [.launch(Launch(kernel: 0, arguments: [BufferID(0), BufferID(1)]))]
  program.results = [ProgramResult(name: "y", buffer: BufferID(1))]
  let pool = BufferPool(bufferGuard: bufferGuard)
  let compiled = try ProgramCompiler().compile(program, linker: ObjectLinker.shared())
  let loaded = try LoadedProgram(
    program, functions: compiled.entries, code: compiled, pool: pool)
  let input = try pool.allocate(byteCount: 40)
  input.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }
  let results = try loaded.run(
    inputs: [input], pool: pool, workers: WorkerPool(threads: 0), threads: 1)
  withExtendedLifetime(results) {}
}
