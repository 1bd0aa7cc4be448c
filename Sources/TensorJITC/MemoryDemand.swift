import DeviceRuntime
import TapeIR
import TensorJIT

/// Whether the values of a tape fit the machine's memory.
enum MemoryDemand {
  /// The interpreter's bytes of an element, in the copies that may be there at a time.
  private static let interpretedBytes = 4 * MemoryLayout<UInt64>.stride

  /// - Throws: `Failure` naming a value that is too much. Compiled code need not hold every value, so
  ///   only sizes that are no number are refused there; the rest shows when it asks for memory.
  static func check(_ tape: Tape, _ engine: Engine) throws(Failure) {
    for type in tape.types {
      let bytes = type.byteCount.flatMap { bytes -> Int? in
        if engine != .interpreter { return bytes }
        let count = bytes / type.dtype.byteWidth
        return count < HostMemory.physicalBytes / interpretedBytes ? bytes : nil
      }
      guard bytes == nil else { continue }
      throw Failure(
        .outOfMemory,
        "\(tape.name) has a value \(type) of \(type.byteCount.map(String.init) ?? "2^58 or more") "
          + "bytes; this machine has \(HostMemory.physicalBytes)")
    }
  }
}
