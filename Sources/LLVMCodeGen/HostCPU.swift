import CLLVM
import Glibc

/// What code generation needs to know of the CPU that this process runs on.
package struct HostCPU: Sendable, Equatable {
  /// LLVM's name of the CPU, e.g. `znver4`.
  package var name: String
  /// LLVM's feature string: names with `+` or `-` before them, separated by commas.
  package var features: String
  /// The widest vectors that the CPU computes with.
  package var vectorBits: Int
  /// The number of CPUs that are online.
  package var cores: Int

  /// A CPU of given features; the width of its vectors follows from them.
  package init(name: String, features: String, cores: Int) {
    self.name = name
    self.features = features
    self.cores = cores
    let enabled = Set(features.split(separator: ",").filter { $0.hasPrefix("+") })
    vectorBits = enabled.contains("+avx512f") ? 512 : enabled.contains("+avx2") ? 256 : 128
  }

  /// The CPU at hand.
  package static let current = HostCPU(
    name: takeMessage(LLVMGetHostCPUName()),
    features: takeMessage(LLVMGetHostCPUFeatures()),
    cores: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}

extension HostCPU {
  /// Whether the CPU has what LLVM calls `feature`.
  package func has(_ feature: String) -> Bool {
    features.split(separator: ",").contains("+" + feature)
  }
}
