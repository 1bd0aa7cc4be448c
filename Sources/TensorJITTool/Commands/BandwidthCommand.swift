import ArgumentParser
import TensorJIT

/// `tensorjit bandwidth`: how fast a device copies within its memory.
struct BandwidthCommand: ToolCommand {
  static let configuration = CommandConfiguration(
    commandName: "bandwidth",
    abstract: "Measures how fast a device copies an array to another place of its memory.",
    discussion: """
      The driver or the C library copies. Each copy reads and writes as many bytes as the array has.
      """)

  @Option(help: "On whose device: cpu, cuda or grid.")
  var engine = Engine.cpu

  @Option(help: "The size of the array.")
  var bytes = 1 << 30

  @Option(name: .customLong("repeat"), help: "How often to copy.")
  var repeatCount = 20

  func validate() throws {
    if engine == .interpreter { throw ValidationError("the interpreter has no device") }
    if bytes < 1 { throw ValidationError("--bytes needs a number from 1 on") }
    if repeatCount < 1 { throw ValidationError("--repeat needs a number from 1 on") }
  }

  func perform(_ console: inout Console) throws(ToolError) {
    if let reason = engine.unavailability { throw .program(reason) }
    do throws(TensorError) {
      let times = try engine.copyTimes(byteCount: bytes, count: repeatCount)
      console.print("copy: \(times.summary); \(bytes) bytes read and \(bytes) written")
    } catch {
      throw ToolError(error)
    }
  }
}
