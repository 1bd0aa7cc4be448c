import LLVMCodeGen
import LoopIR
import ScalarIR
import TensorJITTestSupport
import Testing

/// Programs mapped by hand on a simulated GPU: what the compiler writes, what the driver is told, and
/// what comes back.
@Suite(.serialized) struct CUDAProgramTests {
  @Test(arguments: [0, 1, 2, 3, 4])
  func runsAsTheInterpreterDoes(_ number: Int) throws {
    let program = try LoopProgram(verifying: MappedPrograms.all[number])
    let sizes = program.symbols.map { _ in 1000 }
    let values = Dictionary(zip(program.symbols, sizes)) { a, _ in a }
    var random = SplitMix64(seed: UInt64(number))
    var inputs: [Literal] = []
    for declaration in program.buffers {
      guard case .input = declaration.role else { continue }
      let count = declaration.count.evaluate(values)
      let bits = (0..<count).map { _ in
        declaration.dtype == .bool
          ? UInt64.random(in: 0...1, using: &random)
          : ScalarValue(declaration.dtype, rounding: Double.random(in: -9...9, using: &random)).bits
      }
      inputs.append(Literal(dtype: declaration.dtype, sizes: [count], bits: bits))
    }
    let ptx = try PTXCompiler(for: GPUArchitecture(computeCapability: 9, 0)).assembly(program)
    let found = try SimulatedGPU().run(
      program, ptx: ptx,
      entries: program.kernels.enumerated().map { PTXCompiler.entryName(of: $1, $0) }, inputs,
      symbols: sizes)
    let expected = try program.interpret(inputs: inputs, symbols: sizes)
    #expect(found == expected.map { Array($0.bytes) })
  }
}
