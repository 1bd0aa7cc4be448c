import CBenchFloors

/// A way to do a workload's least work by hand, on the same number of threads.
enum Floor {
  /// Reads arrays of `readBytes` each while writing one of `writeBytes`.
  case stream(reads: Int, readBytes: Int, writeBytes: Int, isStreamed: Bool)
  /// Multiplies and adds in registers.
  case arithmetic(operations: Double)
  /// Calls a function that adds `count` floats to others.
  case calls(Int, count: Int)
  /// Runs a part of the workload itself.
  case part(String, () throws -> Void)

  /// Both kinds of stores.
  static func streams(reads: Int, readBytes: Int, writeBytes: Int) -> [Floor] {
    [false, true].map {
      .stream(reads: reads, readBytes: readBytes, writeBytes: writeBytes, isStreamed: $0)
    }
  }

  static func read(_ bytes: Int) -> Floor {
    .stream(reads: 1, readBytes: bytes, writeBytes: 0, isStreamed: false)
  }

  var name: String {
    switch self {
    case .stream(let reads, _, 0, _): reads == 1 ? "read" : "\(reads) reads"
    case .stream(0, _, _, let isStreamed): isStreamed ? "fill, streamed" : "fill"
    case .stream(1, _, _, let isStreamed): isStreamed ? "copy, streamed" : "copy"
    case .stream(let reads, _, _, let isStreamed):
      "\(reads) reads, 1 write" + (isStreamed ? ", streamed" : "")
    case .arithmetic: "fused multiply-adds"
    case .calls(let calls, _): "\(calls) calls"
    case .part(let name, _): name
    }
  }
}

/// Pinned threads that run floors.
struct FloorTeam: ~Copyable {
  private let team: OpaquePointer

  /// - Throws: `BenchError` where the system refuses memory or threads.
  init(threads: Int, arrayBytes: Int) throws(BenchError) {
    guard let team = floor_team_create(Int32(threads), arrayBytes) else {
      throw BenchError("there is no memory for the floors")
    }
    self.team = team
  }

  deinit { floor_team_destroy(team) }

  /// The seconds that the floor takes on so many of the threads.
  func seconds(_ floor: Floor, threads: Int) throws -> Double {
    switch floor {
    case .stream(let reads, let readBytes, let writeBytes, let isStreamed):
      floor_stream(team, Int32(threads), Int32(reads), readBytes, writeBytes, isStreamed)
    case .arithmetic(let operations): floor_arithmetic(team, Int32(threads), operations)
    case .calls(let calls, let count): floor_calls(team, calls, count)
    case .part(_, let run): try ContinuousClock().measure(run).inSeconds
    }
  }
}

extension Duration {
  var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
