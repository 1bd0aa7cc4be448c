/// A way to do a workload's least work by hand.
enum Floor {
  /// Reads arrays of `readBytes` each while writing one of `writeBytes`.
  case stream(reads: Int, readBytes: Int, writeBytes: Int, isStreamed: Bool)
  /// Multiplies and adds in registers.
  case arithmetic(operations: Double)
  /// Calls a function that adds `count` floats to others.
  case calls(Int, count: Int)

  /// The ways that a word names: `stream:READS:READ_BYTES:WRITE_BYTES` with both kinds of stores,
  /// `arithmetic:OPERATIONS`, `calls:CALLS:COUNT`.
  static func parse(_ word: Substring) throws(BenchError) -> [Floor] {
    let parts = word.split(separator: ":")
    let numbers = parts.dropFirst().compactMap { Int($0) }
    switch (parts.first, numbers.count) {
    case ("stream", 3):
      return (numbers[2] == 0 ? [false] : [false, true]).map {
        .stream(
          reads: numbers[0], readBytes: numbers[1], writeBytes: numbers[2], isStreamed: $0)
      }
    case ("arithmetic", 1): return [.arithmetic(operations: Double(numbers[0]))]
    case ("calls", 2): return [.calls(numbers[0], count: numbers[1])]
    case _: throw BenchError("no floor '\(word)'")
    }
  }
}
