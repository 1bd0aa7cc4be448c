import DeviceRuntime
import TapeIR
import TensorJIT

/// Whether the values of a tape fit the machine's memory.
enum MemoryDemand {
  /// - Throws: `Failure` naming a value that is too much. Compiled code need not hold every value, so
  ///   only sizes that are no number are refused there; the rest shows when it asks for memory.
  static func check(_ tape: Tape, _ engine: Engine) throws(Failure) {
    let limit = engine == .interpreter ? HostMemory.physicalBytes : .max
    for type in tape.types where (type.byteCount ?? .max) >= limit {
      throw Failure(
        .outOfMemory,
        "\(tape.name) has a value \(type) of \(type.byteCount.map(String.init) ?? "2^58 or more") "
          + "bytes; this machine has \(HostMemory.physicalBytes)")
    }
  }
}
