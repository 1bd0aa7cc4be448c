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

  package var description: String {
    switch self {
    case .outOfMemory(let bytes): "out of memory: \(bytes) bytes wanted"
    case .libraryUnavailable(let name, let reason): "library '\(name)' is unavailable: \(reason)"
    case .index(let violation): violation.description
    case .host(let failure): failure.description
    case .invalidSize(let operation, let reason): "invalid size for \(operation): \(reason)"
    }
  }
}
