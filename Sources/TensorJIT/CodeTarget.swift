import LLVMCodeGen

/// What loops are made into code for.
package enum CodeTarget: Hashable, Sendable {
  /// This computer's CPU.
  case cpu
  /// Grids, as a GPU runs them, in code for this computer's CPU.
  case grid
  /// Grids in code for a GPU of NVIDIA's.
  case ptx(GPUArchitecture)

  /// A GPU, where it does not matter which.
  package static let gpu = CodeTarget.ptx(.usual)

  /// One target of each kind.
  package static let allKinds = [CodeTarget.cpu, .grid, .gpu]

  /// Code for a GPU of an architecture's name, such as `sm_90a`.
  ///
  /// - Throws: `TensorError.failure` where code cannot be made for it.
  package static func ptx(named name: String) throws(TensorError) -> CodeTarget {
    do { return .ptx(try GPUArchitecture(named: name)) } catch { throw TensorError(error) }
  }
}
