import ScalarIR

/// What can go wrong while programs run.
package enum RuntimeError: Error, Equatable, CustomStringConvertible {
  /// This many bytes were wanted and are not to be had.
  case outOfMemory(bytes: Int)
  /// A shared library cannot be opened, or lacks a function.
  case libraryUnavailable(name: String, reason: String)
  /// A library cannot take operands of these sizes.
  case invalidSize(operation: String, reason: String)
  /// An op was given an index that its operand does not have.
  case index(IndexViolation)
  /// A function of the user's threw.
  case host(HostFailure)

  /// A device that is not there, or that cannot be used, and why.
  case deviceUnavailable(device: DeviceName, reason: String)
  /// This many bytes were wanted on a device and are not to be had there.
  case deviceOutOfMemory(device: DeviceName, bytes: Int)
  /// A device refused an operation, or failed in one that it had begun.
  case deviceFailed(device: DeviceName, operation: String, reason: String)

  package var description: String {
    switch self {
    case .outOfMemory(let bytes): "out of memory: \(bytes) bytes wanted"
    case .libraryUnavailable(let name, let reason): "library '\(name)' is unavailable: \(reason)"
    case .deviceUnavailable(let device, let reason):
      "the device \(device) is unavailable: \(reason)"
    case .deviceOutOfMemory(let device, let bytes):
      "out of memory on \(device): \(bytes) bytes wanted"
    case .deviceFailed(let device, let operation, let reason):
      "the device \(device) failed at \(operation): \(reason)"
    case .index(let violation): violation.description
    case .host(let failure): failure.description
    case .invalidSize(let operation, let reason): "invalid size for \(operation): \(reason)"
    }
  }
}
