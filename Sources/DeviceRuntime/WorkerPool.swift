import Glibc

/// Threads that share out the chunks of a range with the thread that asks.
///
/// There is one worker for each CPU, pinned to it. The asking thread is not pinned, since it
/// belongs to the user; it takes part itself, and recruits only workers of CPUs other than the one
/// it is on, so that no two of a job's threads share a CPU. Any number of threads may ask at once:
/// each recruits the workers that are idle at that moment, and where there are none it does the
/// work alone. A body may ask again.
package final class WorkerPool: Sendable {
  /// The most threads that can work on one job, with the asking one.
  package let threadCount: Int
  private let workers: [Worker]
  private let threads: [pthread_t]

  /// The number of CPUs that the calling thread may use.
  package static var availableCPUs: Int { max(1, CPUSet.allowed().count) }

  /// Starts a pool of `threads` workers (one a CPU where nil), none for fewer than two.
  ///
  /// Workers beyond the number of CPUs share them. Where the system refuses threads, the pool makes
  /// do with those that it got.
  package init(threads: Int? = nil) {
    let cpus = CPUSet.allowed()
    let wanted = threads ?? max(1, cpus.count)
    var workers: [Worker] = []
    var started: [pthread_t] = []
    for index in 0..<(wanted > 1 ? wanted : 0) {
      let worker = Worker(cpu: cpus.isEmpty ? nil : cpus[index % cpus.count])
      guard let thread = worker.start() else { break }
      workers.append(worker)
      started.append(thread)
    }
    self.workers = workers
    self.threads = started
    threadCount = max(1, started.count)
  }

  deinit {
    for worker in workers { worker.stop() }
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Calls `body(context, begin, end)` for chunks that together cover `0 ..< count`, and returns
  /// when all are done.
  ///
  /// - Parameters:
  ///   - threads: the most threads to use; with 1 this is a plain call over the whole range.
  ///   - grain: chunks begin at multiples of it.
  ///   - chunksPerThread: more than 1 evens out chunks of unequal cost.
  package func parallelFor(
    count: Int, threads: Int, grain: Int = 1, chunksPerThread: Int = 1,
    context: UnsafeMutableRawPointer?, _ body: RangeFunction
  ) {
    precondition(grain > 0 && chunksPerThread > 0, "grain and chunks must be positive")
    if count <= 0 { return }
    FloatingPointMode.run {
      let grains = (count - 1) / grain + 1
      let threads = min(threads, threadCount, grains)
      if threads <= 1 {
        body(context, 0, count)
        return
      }
      let chunks = min(threads * chunksPerThread, grains)
      let chunkLength = ((grains - 1) / chunks + 1) * grain
      var departure: Semaphore?
      withUnsafeMutablePointer(to: &departure) { departure in
        var job = ParallelJob(
          count: count, chunkLength: chunkLength, context: context, body: body,
          departure: departure)
        withUnsafeMutablePointer(to: &job) { run($0, helpers: threads - 1) }
      }
    }
  }

  /// Calls `body` with chunks that together cover `0 ..< count`, and returns when all are done.
  package func parallelFor(
    count: Int, threads: Int, grain: Int = 1, chunksPerThread: Int = 1,
    _ body: @Sendable (Range<Int>) -> Void
  ) {
    withoutActuallyEscaping(body) { body in
      var body = body
      withUnsafeMutablePointer(to: &body) { body in
        parallelFor(
          count: count, threads: threads, grain: grain, chunksPerThread: chunksPerThread,
          context: body
        ) { context, begin, end in
          context?.assumingMemoryBound(to: (@Sendable (Range<Int>) -> Void).self)
            .pointee(begin..<end)
        }
      }
    }
  }

  private func run(_ job: UnsafeMutablePointer<ParallelJob>, helpers: Int) {
    let here = CPUSet.current()
    var missing = helpers
    var recruitedEnd = 0
    for index in workers.indices where workers[index].cpu != here {
      if workers[index].post(job) {
        missing -= 1
        recruitedEnd = index + 1
        if missing == 0 { break }
      }
    }
    job.pointee.runChunks()
    for worker in workers[..<recruitedEnd] { worker.dismiss(job) }
  }
}
