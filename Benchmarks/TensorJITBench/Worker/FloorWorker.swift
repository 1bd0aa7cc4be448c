import CBenchFloors
import TensorJIT

extension Worker {
  /// A worker that runs floors, on so many threads.
  static func floors(threads: Int) throws(BenchError) -> Worker {
    let members = try FloorMembers(threads: threads, arrayBytes: 64 << 20)
    return Worker(title: "floors") { _, arguments in
      guard let first = arguments.first else { throw MissingWorkload(reason: "nothing to compare") }
      let floor = try members.fastest(of: Floor.parse(first))
      return Job { runs in
        members.seconds(floor, runs: runs)
      } outputs: {
        []
      } reset: {
      }
    }
  }
}

/// Pinned threads that run floors.
private final class FloorMembers {
  private let team: OpaquePointer
  private let threads: Int

  /// - Throws: `BenchError` where the system refuses memory or threads.
  init(threads: Int, arrayBytes: Int) throws(BenchError) {
    guard let team = floor_team_create(Int32(threads), arrayBytes) else {
      throw BenchError("there is no memory for the floors")
    }
    self.team = team
    self.threads = threads
  }

  deinit { floor_team_destroy(team) }

  /// The one of some floors that takes the least time.
  func fastest(of floors: [Floor]) throws(BenchError) -> Floor {
    let times = floors.map { floor in
      (0..<5).reduce(Double.infinity) { best, _ in min(best, seconds(floor, runs: 1)) }
    }
    guard let best = zip(floors, times).min(by: { $0.1 < $1.1 }) else {
      throw BenchError("there is no floor")
    }
    return best.0
  }

  /// The seconds that the floor takes, so many times in a row.
  func seconds(_ floor: Floor, runs: Int) -> Double {
    switch floor {
    case .stream(let reads, let readBytes, let writeBytes, let isStreamed):
      (0..<runs).reduce(0) { total, _ in
        total
          + floor_stream(team, Int32(threads), Int32(reads), readBytes, writeBytes, isStreamed)
      }
    case .arithmetic(let operations):
      floor_arithmetic(team, Int32(threads), operations * Double(runs))
    case .calls(let calls, let count): floor_calls(team, calls * runs, count)
    }
  }
}
