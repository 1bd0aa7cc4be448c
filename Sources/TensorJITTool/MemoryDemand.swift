import DeviceRuntime
import ScalarIR
import TapeIR

/// Whether what a tape is given and yields fits the machine's memory.
enum MemoryDemand {
  /// How often a value is in memory: as a file's bytes, as a literal, and in a buffer.
  private static let copies = 3
  /// The most bytes of the text of an element or a list, which is there as a string that grows and as
  /// what is written.
  private static let textBytes = 4 * 25

  /// - Parameters:
  ///   - printsResults: whether the results' text is to fit too.
  ///   - copies: how often each value is in memory.
  /// - Throws: `ToolError.program` naming the first value that is too much, with its type.
  static func check(
    _ tape: Tape, printsResults: Bool, copies: Int = Self.copies
  ) throws(ToolError) {
    var taken = 0
    for (name, value) in zip(tape.parameterList.map(\.name), tape.parameters) {
      try take(name, tape.type(of: value), isPrinted: false, copies, &taken)
    }
    for result in tape.results {
      try take(result.name, tape.type(of: result.value), isPrinted: printsResults, copies, &taken)
    }
  }

  private static func take(
    _ name: String, _ type: TensorType, isPrinted: Bool, _ copies: Int, _ taken: inout Int
  ) throws(ToolError) {
    let text = isPrinted ? Literal.textParts(sizes: type.shape.sizes ?? []) : 0
    // A number of bytes is far from overflow even so often.
    let wanted = type.byteCount.flatMap { bytes -> Int? in
      guard let text, text < .max / 2 / textBytes else { return nil }
      return bytes * copies + text * textBytes
    }
    guard let wanted, taken + wanted <= HostMemory.physicalBytes else {
      let all = wanted.map(String.init) ?? "more than 2^57"
      let bytes = type.byteCount.map { "\($0) bytes, \(all) with its copies and text" }
      throw .program(
        "\(name) \(type) wants \(bytes ?? "more than 2^63 bytes"); this process may have "
          + "\(HostMemory.physicalBytes), of which \(taken) are taken")
    }
    taken += wanted
  }

  /// What memory ran out for: the system's words and the largest value of the tape.
  static func message(_ text: String, _ tape: Tape) -> String {
    let largest = tape.types.max { ($0.byteCount ?? .max) < ($1.byteCount ?? .max) }
    guard let largest, let bytes = largest.byteCount else { return text }
    return "\(text); the largest value of \(tape.name) is \(largest) of \(bytes) bytes"
  }
}
