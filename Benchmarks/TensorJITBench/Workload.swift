/// Something to measure.
struct Workload {
  let name: String
  /// What must be moved or computed however it is done.
  let work: Work
  /// Makes it ready to run: inputs made, functions traced.
  let prepare: () throws -> Job
}

/// The least that a workload has to do.
enum Work {
  /// Bytes that are read and written once each.
  case bytes(Int)
  /// Floating-point multiplications and additions.
  case operations(Double)
  /// Neither says much.
  case small
}

/// A workload that is ready to run.
struct Job {
  /// Runs it once; results are dropped, so that the next run finds their memory.
  let run: () throws -> Void
  /// Ways to do as much by hand; the fastest is the floor.
  let floors: [Floor]
  /// Compares a run's result with one computed in double precision.
  let check: () throws -> Void

  init(
    run: @escaping () throws -> Void, floors: () -> [Floor], check: @escaping () throws -> Void
  ) {
    self.run = run
    self.floors = floors()
    self.check = check
  }
}

/// A result that is wrong.
struct WrongResult: Error, CustomStringConvertible {
  let description: String
}

/// Compares some of the values, evenly spread, with those that `expected` gives for their positions.
///
/// - Parameter tolerance: of the error relative to the expected value, or absolute below 1.
func expect(
  _ values: [Float], tolerance: Double = 1e-5, samples: Int = 1000, _ expected: (Int) -> Double
) throws(WrongResult) {
  let samples = min(samples, values.count)
  for sample in 0..<samples {
    let position = sample * values.count / samples
    let (found, wanted) = (Double(values[position]), expected(position))
    guard abs(found - wanted) <= tolerance * max(1, abs(wanted)) else {
      throw WrongResult(description: "element \(position) is \(found), not \(wanted)")
    }
  }
}

extension Int {
  func clamped(to range: ClosedRange<Int>) -> Int {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}
