import Glibc

/// A fixed number of locks that many objects share, each object always the same one.
package struct StripedLock: ~Copyable, @unchecked Sendable {
  private static let count = 64

  private let mutexes: UnsafeMutablePointer<pthread_mutex_t>

  package init() {
    mutexes = .allocate(capacity: StripedLock.count)
    for number in 0..<StripedLock.count {
      (mutexes + number).initialize(to: pthread_mutex_t())
      pthread_mutex_init(mutexes + number, nil)
    }
  }

  deinit {
    for number in 0..<StripedLock.count { pthread_mutex_destroy(mutexes + number) }
    mutexes.deallocate()
  }

  /// Calls a body while no other thread is in one for the same `stripe` (modulo their number); it must
  /// not nest.
  package borrowing func withLock<Result>(_ stripe: Int, _ body: () -> Result) -> Result {
    let mutex = mutexes + stripe & (StripedLock.count - 1)
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}
