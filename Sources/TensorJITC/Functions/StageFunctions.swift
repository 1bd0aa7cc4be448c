// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CTensorJIT
import TensorJIT

@c @implementation
public func tj_program_text(
  _ program: OpaquePointer?, _ stage: UnsafePointer<CChar>?, _ text: UnsafeMutablePointer<CChar>?,
  _ capacity: Int, _ length: UnsafeMutablePointer<Int>?, _ error: OpaquePointer?
) -> tj_status {
  call(error) { () throws(Failure) in
    let program = try HandleTable.shared.program(program)
    let stage = try requiredString(stage, "stage")
    guard Pipeline.stageNames(for: .cpu).contains(stage) else {
      throw .argument(
        "there is no stage \(stage); there are \(Pipeline.stageNames(for: .cpu).joined(separator: ", "))"
      )
    }
    var found = ""
    do throws(TensorError) {
      try Pipeline.walk(program.tape, options: PipelineOptions(), through: stage) {
        (name, text) throws(TensorError) in
        if name == stage { found = try text() }
      }
    } catch {
      throw Failure(error)
    }
    try write(found, text, capacity, length)
  }
}
