import TensorJIT

/// Something that is ready to be measured.
struct Job {
  /// Runs it so many times in a row; the seconds that all of them take.
  let seconds: (_ runs: Int) throws -> Double
  /// What it computes, from its first arguments.
  let outputs: () throws -> [Tensor]
  /// Makes the next run start from the first arguments.
  let reset: () -> Void

  /// The least seconds that one sample takes.
  private static let sampleSeconds = 0.001
  private static let fewestSamples = 3
  private static let mostSamples = 500

  /// Seconds a run, sampled for about as long as asked for, after a run that is not counted and that
  /// finds in the caches what it left there itself.
  func samples(during budget: Double) throws -> [Double] {
    reset()
    _ = try seconds(1)
    let once = try seconds(1)
    let runs = Int(Self.sampleSeconds / max(once, 1e-9)).clamped(to: 1...1000)
    var samples: [Double] = []
    var spent = 0.0
    while samples.count < Self.fewestSamples
      || (spent < budget && samples.count < Self.mostSamples)
    {
      let sample = try seconds(runs)
      samples.append(sample / Double(runs))
      spent += sample
    }
    return samples
  }
}
