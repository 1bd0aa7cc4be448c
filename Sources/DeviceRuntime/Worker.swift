import CLinux
import Glibc
import Synchronization

/// A thread that stays on one CPU and runs what is put into its mailbox.
///
/// The mailbox holds one word: `idle`, `asleep`, `stopped`, or the address of a job plus
///
///     0           posted: the asking thread may still take it back
///     1           running
///     3           running, and the asking thread sleeps until it is done
///
/// A worker looks at its mailbox for some tens of microseconds after a job before it falls asleep,
/// because waking a thread costs more than most kernels.
final class Worker: Sendable {
  let cpu: Int?
  private let mailbox = Atomic<UInt>(idle)
  private let wakeUp = Semaphore()

  private static let idle: UInt = 0
  private static let asleep: UInt = 4
  private static let stopped: UInt = 8
  private static let running: UInt = 1
  private static let awaited: UInt = 3

  init(cpu: Int?) { self.cpu = cpu }

  /// Starts the thread; nil where the system has none to give.
  func start() -> pthread_t? {
    var thread = pthread_t()
    let retained = Unmanaged.passRetained(self)
    let status = pthread_create(
      &thread, nil,
      { worker in
        if let worker { Unmanaged<Worker>.fromOpaque(worker).takeRetainedValue().loop() }
        return nil
      }, retained.toOpaque())
    if status == 0 { return thread }
    retained.release()
    return nil
  }

  /// Tells a worker that has no job to end.
  func stop() {
    if mailbox.exchange(Worker.stopped, ordering: .acquiringAndReleasing) == Worker.asleep {
      wakeUp.signal()
    }
  }

  // MARK: The asking thread's side

  /// Offers a job, and says whether the worker had nothing else to do.
  func post(_ job: UnsafeMutablePointer<ParallelJob>) -> Bool {
    let state = mailbox.load(ordering: .relaxed)
    guard state == Worker.idle || state == Worker.asleep else { return false }
    let (posted, _) = mailbox.compareExchange(
      expected: state, desired: UInt(bitPattern: job), ordering: .acquiringAndReleasing)
    if posted {
      if state == Worker.asleep { wakeUp.signal() }
      return true
    }
    return post(job)
  }

  /// Takes a job back that the worker has not begun, or else waits until the worker is done with
  /// it.
  ///
  /// A worker that got no processor time so far thus delays nobody.
  func dismiss(_ job: UnsafeMutablePointer<ParallelJob>) {
    let posted = UInt(bitPattern: job)
    let (takenBack, _) = mailbox.compareExchange(
      expected: posted, desired: Worker.idle, ordering: .acquiringAndReleasing)
    if takenBack { return }
    var spin = Spin()
    while mailbox.load(ordering: .acquiring) == posted | Worker.running {
      if spin.goOn() { continue }
      let departure = job.pointee.departure
      if departure.pointee == nil { departure.pointee = Semaphore() }
      let (waits, _) = mailbox.compareExchange(
        expected: posted | Worker.running, desired: posted | Worker.awaited,
        ordering: .acquiringAndReleasing)
      if waits { departure.pointee?.wait() }
      return
    }
  }

  // MARK: The worker's side

  private func loop() {
    if let cpu { CPUSet.pinCurrentThread(to: cpu) }
    FloatingPointMode.enter()
    var spin = Spin()
    while true {
      let state = mailbox.load(ordering: .relaxed)
      switch state {
      case Worker.idle:
        if !spin.goOn() {
          _ = mailbox.compareExchange(
            expected: Worker.idle, desired: Worker.asleep, ordering: .acquiringAndReleasing)
        }
      case Worker.asleep:
        wakeUp.wait()
        spin = Spin()
      case Worker.stopped:
        return
      case let posted:
        run(posted)
        spin = Spin()
      }
    }
  }

  private func run(_ posted: UInt) {
    let (begun, _) = mailbox.compareExchange(
      expected: posted, desired: posted | Worker.running, ordering: .acquiringAndReleasing)
    guard begun, let job = UnsafeMutablePointer<ParallelJob>(bitPattern: posted) else { return }
    job.pointee.runChunks()
    let state = mailbox.exchange(Worker.idle, ordering: .acquiringAndReleasing)
    if state == posted | Worker.awaited { job.pointee.departure.pointee?.signal() }
  }
}

/// Busy waiting for a bounded time.
private struct Spin {
  private var turns = 0
  private var deadline: UInt64 = 0

  /// Waits a moment; false when `Spin.limit` has passed since the first call.
  mutating func goOn() -> Bool {
    #if arch(x86_64)
      linux_pause()
    #endif
    turns += 1
    if turns & 31 != 0 { return true }
    let now = nanoseconds()
    if deadline == 0 { deadline = now + Spin.limit }
    return now < deadline
  }

  /// 40 µs: about three times what it takes to wake a thread that sleeps.
  private static let limit: UInt64 = 40_000

  private func nanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
