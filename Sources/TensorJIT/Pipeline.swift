import DeviceRuntime
import LLVMCodeGen
import LoopIR
import ScalarIR
import TapeIR
import TapeLowering
import TapePasses

struct PipelineOptions: Hashable, Sendable {
  var verifiesPasses = false
}

final class CompiledTape: Sendable {
  let program: LoopProgram
  var kernelCount: Int { program.kernels.count }

  init(_ tape: Tape, options: PipelineOptions, pool: BufferPool) throws(TensorError) {
    program = tape.fused().lowered()
  }

  func run(
    _ inputs: [Buffer], pool: BufferPool, workers: WorkerPool, threads: Int
  ) throws(TensorError) -> [Buffer] {
    var literals: [Literal] = []
    for (number, input) in inputs.enumerated() {
      let declaration = program.buffers.first { $0.role == .input(number) }!
      let bytes = input.withUnsafeBytes {
        Array($0.prefix((declaration.count.constant ?? 0) * declaration.dtype.byteWidth))
      }
      literals.append(
        Literal(dtype: declaration.dtype, sizes: [declaration.count.constant ?? 0], bytes: bytes))
    }
    do {
      var buffers: [Buffer] = []
      for literal in try program.interpret(inputs: literals) {
        let buffer = try pool.allocate(byteCount: literal.bytes.count)
        buffer.withUnsafeMutableBytes { $0.copyBytes(from: literal.bytes) }
        buffers.append(buffer)
      }
      return buffers
    } catch {
      throw .failure("\(error)")
    }
  }
}
