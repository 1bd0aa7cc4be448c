import DeviceRuntime
import ScalarIR
import TapeIR
import TensorJIT
import TensorJITTestSupport
import Testing

/// Random tapes as machine code whose buffers lie between pages that cannot be touched.
@Suite struct GuardedBufferTests {
  @Test(arguments: [BufferGuard.behind, .inFront])
  func randomTapesStayInTheirBuffers(_ bufferGuard: BufferGuard) throws {
    for seed in 0..<UInt64(TestScale.tapeCount(sample: 300)) {
      var options = TapeGenerator.Options()
      options.opCount = 5...60
      var generator = TapeGenerator(seed: seed, options: options)
      let tape = try generator.tape()
      let inputs = generator.inputs(for: tape)
      var pipeline = PipelineOptions()
      pipeline.bufferGuard = bufferGuard
      if seed % 2 == 0 {
        // Cut finely, so that vectors and threads meet ends everywhere.
        pipeline.lowering.blockExtent = 64
        pipeline.lowering.sharedElements = 1
        pipeline.grain.statements = 1
        pipeline.grain.block = 64
      }
      if seed % 3 == 0 { pipeline.streamedBytes = 1 }
      let plain = try runTape(tape, inputs: inputs, engine: .cpu)
      let guarded = try runTape(tape, inputs: inputs, engine: .cpu, options: pipeline)
      for (x, y) in zip(plain, guarded) { #expect(x.isIdentical(to: y), "seed \(seed)") }
    }
  }
}
