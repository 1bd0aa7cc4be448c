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
}
