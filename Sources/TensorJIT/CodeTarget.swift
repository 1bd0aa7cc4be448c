import LLVMCodeGen

/// What code is made for.
package enum CodeTarget: Hashable, Sendable {
  /// The CPU at hand.
  case cpu
  /// The kernels of a GPU, for the CPU at hand.
  case grid
  /// A GPU of NVIDIA's.
  case ptx(GPUArchitecture)

  /// Code for a GPU of an architecture's name, such as `sm_90a`.
  ///
  /// - Throws: `TensorError.failure` where code cannot be made for it.
  package static func ptx(named name: String) throws(TensorError) -> CodeTarget {
    do { return .ptx(try GPUArchitecture(named: name)) } catch { throw TensorError(error) }
  }
}
