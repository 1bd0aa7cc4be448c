/// A workload on a number of threads, and what was measured of it.
final class Measurement {
  let workload: Workload
  let threads: Int
  private let job: Job
  /// Runs in a row that make one sample, so that a sample is long enough to be timed.
  private var repetitions = 1
  private var samples: [Double] = []
  private var floorSamples: [[Double]]

  /// The least seconds that one sample takes.
  private static let sampleSeconds = 0.002

  init(_ workload: Workload, _ job: Job, threads: Int) {
    self.workload = workload
    self.job = job
    self.threads = threads
    floorSamples = job.floors.map { _ in [] }
  }

  /// Decides how many runs make a sample, after one that compiles.
  func calibrate() throws {
    try job.run()
    let once = try seconds(runs: 1)
    repetitions = Int(Self.sampleSeconds / max(once, 1e-9)).clamped(to: 1...1000)
  }

  /// Takes one sample of the workload and of each of its floors; each runs once before, untimed, so
  /// that it finds in the caches what it left there itself.
  func takeSample(_ team: borrowing FloorTeam) throws {
    try job.run()
    samples.append(try seconds(runs: repetitions) / Double(repetitions))
    for (index, floor) in job.floors.enumerated() {
      if case .part = floor {
        floorSamples[index].append(try team.seconds(floor, threads: threads))
        continue
      }
      _ = try team.seconds(floor, threads: threads)
      var total = 0.0
      for _ in 0..<repetitions { total += try team.seconds(floor, threads: threads) }
      floorSamples[index].append(total / Double(repetitions))
    }
  }

  private func seconds(runs: Int) throws -> Double {
    let run = job.run
    return try ContinuousClock().measure { for _ in 0..<runs { try run() } }.inSeconds
  }

  /// What the samples say; nil where there are none.
  var figures: Figures? {
    guard let median = samples.median, let best = samples.min() else { return nil }
    let floors = zip(job.floors, floorSamples).compactMap { floor, samples in
      samples.median.map { (name: floor.name, seconds: $0) }
    }
    return Figures(
      workload: workload.name, work: workload.work, threads: threads, median: median, best: best,
      floor: floors.min { $0.seconds < $1.seconds })
  }
}

/// A line of the report, in seconds.
struct Figures {
  let workload: String
  let work: Work
  let threads: Int
  let median: Double
  let best: Double
  /// The fastest of the floors, by its median.
  let floor: (name: String, seconds: Double)?
}

extension [Double] {
  /// The middle element by size, the mean of the two where there are two; nil where there is none.
  var median: Double? {
    if isEmpty { return nil }
    let sorted = sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }
}
