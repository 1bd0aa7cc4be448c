import TensorJIT

/// What the compiler did while a network was trained.
package struct CompilerReport: CustomStringConvertible, Sendable {
  package var counters: Runtime.Counters
  /// The times of all steps.
  package var stepSeconds: [Double]

  package init(_ counters: Runtime.Counters, stepSeconds: [Double]) {
    self.counters = counters
    self.stepSeconds = stepSeconds
  }

  package var description: String {
    let median = (stepSeconds.median ?? 0) * 1e6
    let rows = [
      ("functions traced", "\(counters.traces)"),
      ("programs compiled", "\(counters.compiles)"),
      ("kernels compiled", "\(counters.kernels)"),
      ("compile time", "\((counters.compileSeconds * 1e3).fixed(0)) ms"),
      ("programs run", "\(counters.evaluations)"),
      ("found compiled", "\(counters.cacheHits)"),
      ("time a step (median)", "\(median.fixed(0)) µs"),
      ("memory at most", "\((Double(counters.peakBytes) / 1e6).fixed(1)) MB"),
    ]
    return rows.map { "  " + $0 + String(repeating: " ", count: 22 - $0.count) + $1.padded(to: 8) }
      .joined(separator: "\n")
  }
}
