import CLLVM
import Locking

/// The errors that ORC reports aside, which it would otherwise print to standard error.
final class LinkLog: Sendable {
  private let errors = Lock<[String]>([])

  /// Starts to receive a session's errors; the log must live as long as the session does.
  func attach(to session: LLVMOrcExecutionSessionRef?) {
    LLVMOrcExecutionSessionSetErrorReporter(
      session,
      { log, error in
        guard let message = takeError(error), let log else { return }
        Unmanaged<LinkLog>.fromOpaque(log).takeUnretainedValue()
          .errors.withLock { $0.append(message) }
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Removes and returns the errors since the last call.
  func take() -> [String] {
    errors.withLock { errors in
      defer { errors.removeAll() }
      return errors
    }
  }
}
