import IRSpecRunner
import LLVMCodeGen
import LoopIR
import SExpression
import TapeIR
import TensorJIT
import TensorJITTestSupport
import Testing

/// Every tape of the spec files, and its gradient, has code for GPUs that NVIDIA's assembler takes
/// and that calls nothing.
@Suite struct PTXSpecTests {
  static let architectures = ["sm_80", "sm_90a"]

  /// The code of a tape; nil where it has no gradient, if that is asked for.
  private func ptx(
    _ tape: Tape, gradient: Bool, _ architecture: String, prefix: String
  ) throws -> String? {
    var options = PipelineOptions()
    options.target = try .ptx(named: architecture)
    var tape = tape
    if gradient {
      guard let extended = try? tape.appendingGradient() else { return nil }
      tape = extended
    }
    var program = try Pipeline.program(for: tape, options: options)
    for number in program.kernels.indices { program.kernels[number].name = "\(prefix)k\(number)" }
    return try PTXCompiler(for: GPUArchitecture(named: architecture)).assembly(program)
  }

  /// The code of all tapes as one module, since starting the assembler takes longer than its work.
  private func module(_ spec: SpecPath, _ architecture: String) throws -> String {
    var header: Substring?
    var text = ""
    for (number, tape) in try specTapes(spec.text).enumerated() {
      for gradient in [false, true] {
        let prefix = gradient ? "g\(number)" : "t\(number)"
        guard let code = try ptx(tape, gradient: gradient, architecture, prefix: prefix) else {
          continue
        }
        let end = try #require(code.firstRange(of: ".address_size 64\n")).upperBound
        header = header ?? code[..<end]
        text += code[end...]
      }
    }
    return (header ?? "") + text
  }

  @Test(arguments: SpecPath.all, architectures)
  func assembles(_ spec: SpecPath, _ architecture: String) throws {
    let text = try module(spec, architecture)
    if text.isEmpty { return }
    #expect(!text.contains(".extern .func"))
    #expect(!text.contains(".ftz") && !text.contains(".approx") && !text.contains("div.full"))
    #expect(try PTXAssembler.complaint(text, architecture: architecture) == nil)
  }
}
