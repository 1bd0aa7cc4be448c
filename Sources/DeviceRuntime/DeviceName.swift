/// A place where tensors live and programs run.
package enum DeviceName: Hashable, Sendable, CustomStringConvertible {
  /// The computer's processor and memory.
  case cpu
  /// A stand-in for a GPU, whose memory is the computer's: what moves between devices is tested on it.
  case grid
  /// NVIDIA's GPU of this number.
  case cuda(Int32)

  package var description: String {
    switch self {
    case .cpu: "cpu"
    case .grid: "grid"
    case .cuda(let number): "cuda:\(number)"
    }
  }

  /// Whether this process may read the device's memory by its addresses.
  package var isInHostMemory: Bool {
    switch self {
    case .cpu, .grid: true
    case .cuda: false
    }
  }
}
