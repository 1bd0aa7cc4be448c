import DeviceRuntime
import TapeIR

/// Whether what a tape is given and yields fits the machine's memory.
enum MemoryDemand {
  /// - Throws: `ToolError.program` naming the first value that is too much, with its type.
  static func check(_ tape: Tape) throws(ToolError) {
    var taken = 0
    let named = zip(tape.parameterList.map(\.name), tape.parameters)
    for (name, value) in Array(named) + tape.results.map({ ($0.name, $0.value) }) {
      let type = tape.type(of: value)
      let bytes = type.byteCount ?? .max
      let (sum, overflows) = taken.addingReportingOverflow(bytes)
      guard !overflows, sum <= HostMemory.physicalBytes else {
        throw .program(
          "\(name) \(type) wants \(type.byteCount.map(String.init) ?? "more than 2^63") bytes; "
            + "this machine has \(HostMemory.physicalBytes), of which \(taken) are taken")
      }
      taken = sum
    }
  }

  /// What memory ran out for: the system's words and the largest value of the tape.
  static func message(_ text: String, _ tape: Tape) -> String {
    let largest = tape.types.max { ($0.byteCount ?? .max) < ($1.byteCount ?? .max) }
    guard let largest, let bytes = largest.byteCount else { return text }
    return "\(text); the largest value of \(tape.name) is \(largest) of \(bytes) bytes"
  }
}
