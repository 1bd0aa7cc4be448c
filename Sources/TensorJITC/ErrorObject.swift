import CTensorJIT
import Locking

/// What a `tj_error` stands for: how the last call that it was given to ended.
final class ErrorObject: Sendable {
  private struct State {
    var status = Status.ok
    var message = CString.empty
  }

  private let state = Lock(State())

  var status: Status { state.withLock { $0.status } }

  /// The message, which stays until the next `set`.
  var message: UnsafePointer<CChar> { state.withLock { $0.message }.pointer }

  func set(_ status: Status, _ message: CString) {
    state.withLock { $0 = State(status: status, message: message) }
  }
}

/// Carries out a call of the C interface: what its body throws becomes the status, and the status and
/// the message of the caller's error object, if there is one.
func call(
  _ handle: OpaquePointer?, _ body: () throws(Failure) -> Void
) -> tj_status {
  var object: ErrorObject?
  if let handle {
    object = HandleTable.shared.error(handle)
    if object == nil { return Status.invalidArgument.code }
  }
  do throws(Failure) {
    try body()
    object?.set(.ok, .empty)
    return Status.ok.code
  } catch {
    object?.set(error.status, CString(error.message))
    return error.status.code
  }
}
