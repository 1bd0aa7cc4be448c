import Glibc

/// A value that one thread at a time can see.
///
/// It is `Synchronization.Mutex` over a POSIX mutex. The thread sanitizer knows what a POSIX mutex
/// orders; of `Mutex` it misses what happens inside the Swift library, and then reports races under
/// contention where there are none.
package struct Lock<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
  @usableFromInline package let mutex: UnsafeMutablePointer<pthread_mutex_t>
  @usableFromInline package let value: UnsafeMutablePointer<Value>

  /// A lock around a value that nobody else holds.
  package init(_ initialValue: consuming sending Value) {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    value = .allocate(capacity: 1)
    value.initialize(to: initialValue)
  }

  deinit {
    value.deinitialize(count: 1)
    value.deallocate()
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Calls a body that may change the value, while no other thread is in one; it must not nest.
  @inlinable
  package borrowing func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value.pointee)
  }
}
