import Glibc

/// Owns a counting semaphore, on which a thread sleeps until another one signals it.
struct Semaphore: ~Copyable, @unchecked Sendable {
  private let raw: UnsafeMutablePointer<sem_t>

  /// A semaphore with no signals.
  init() {
    raw = .allocate(capacity: 1)
    raw.initialize(to: sem_t())
    sem_init(raw, 0, 0)
  }

  deinit {
    sem_destroy(raw)
    raw.deallocate()
  }

  /// Adds a signal.
  borrowing func signal() { sem_post(raw) }

  /// Takes a signal away, sleeping until there is one.
  borrowing func wait() {
    while sem_wait(raw) != 0 {}
  }
}
