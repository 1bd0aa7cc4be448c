import Foundation

/// How much is tested of what has no end.
package enum TestScale {
  /// The environment variable that sets how many random tapes a test takes: `make test-random`.
  private static let variable = "TENSORJIT_TEST_TAPES"

  /// How many random tapes a test takes that otherwise takes a sample of so many.
  package static func tapeCount(sample: Int) -> Int {
    ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? sample
  }
}
