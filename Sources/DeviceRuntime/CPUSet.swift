import CLinux

/// Which CPUs threads may run on.
package enum CPUSet {
  /// The CPUs that the calling thread may run on, in rising order; empty where the kernel won't
  /// say.
  package static func allowed() -> [Int] {
    var mask = [UInt64](repeating: 0, count: words)
    guard linux_get_affinity(0, words * 8, &mask) == 0 else { return [] }
    return (0..<words * 64).filter { mask[$0 / 64] >> ($0 % 64) & 1 == 1 }
  }

  /// Keeps the calling thread on one CPU, and says whether that worked.
  @discardableResult
  package static func pinCurrentThread(to cpu: Int) -> Bool {
    guard cpu >= 0, cpu < words * 64 else { return false }
    var mask = [UInt64](repeating: 0, count: words)
    mask[cpu / 64] = 1 << (cpu % 64)
    return linux_set_affinity(0, words * 8, &mask) == 0
  }

  /// The CPU that the calling thread runs on at the moment.
  package static func current() -> Int { Int(linux_current_cpu()) }

  /// Room for 8,192 CPUs, the most that Linux can be built for on x86-64.
  private static let words = 128
}
