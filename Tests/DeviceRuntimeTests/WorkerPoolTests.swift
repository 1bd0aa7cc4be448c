import CLinux
import DeviceRuntime
import Glibc
import Locking
import Synchronization
import Testing

@Suite struct WorkerPoolTests {
  /// Counts how often each element of a range was visited.
  private final class Visits: Sendable {
    let counts: Lock<[Int]>
    let chunks = Lock<[Range<Int>]>([])

    init(count: Int) { counts = Lock([Int](repeating: 0, count: count)) }

    func visit(_ chunk: Range<Int>) {
      counts.withLock { counts in
        for index in chunk { counts[index] += 1 }
      }
      chunks.withLock { $0.append(chunk) }
    }
  }

  @Test(arguments: [0, 1, 2, 15, 16, 17, 1_000, 65_537], [1, 2, 3, 7])
  func everyElementIsVisitedOnce(count: Int, threads: Int) {
    let pool = WorkerPool(threads: 4)
    for (grain, chunksPerThread) in [(1, 1), (16, 1), (16, 3), (100_000, 2)] {
      let visits = Visits(count: count)
      pool.parallelFor(
        count: count, threads: threads, grain: grain, chunksPerThread: chunksPerThread
      ) { visits.visit($0) }
      #expect(visits.counts.withLock { $0.allSatisfy { $0 == 1 } })
      visits.chunks.withLock { chunks in
        #expect(chunks.allSatisfy { $0.lowerBound % grain == 0 && !$0.isEmpty })
        #expect(chunks.count <= min(threads, 4) * chunksPerThread)
      }
    }
  }

  @Test func oneThreadIsOnePlainCall() {
    let pool = WorkerPool(threads: 2)
    let caller = UInt(pthread_self())
    pool.parallelFor(count: 1_000, threads: 1, grain: 8) { range in
      #expect(range == 0..<1_000)
      #expect(UInt(pthread_self()) == caller)
    }
    #expect(WorkerPool(threads: 1).threadCount == 1)
  }

  @Test func functionsAreCalledWithTheirContext() {
    let pool = WorkerPool(threads: 2)
    var sums = [Int](repeating: 0, count: 1_000)
    sums.withUnsafeMutableBytes { sums in
      pool.parallelFor(count: 1_000, threads: 2, grain: 16, context: sums.baseAddress) {
        context, begin, end in
        guard let elements = context?.assumingMemoryBound(to: Int.self) else { return }
        for index in begin..<end { elements[index] += index }
      }
    }
    #expect(sums == Array(0..<1_000))
  }

  @Test func slowWorkersAreAwaited() {
    let pool = WorkerPool(threads: 2)
    for _ in 0..<3 {
      let visits = Visits(count: 2)
      pool.parallelFor(count: 2, threads: 2) { chunk in
        usleep(chunk.lowerBound == 1 ? 20_000 : 1_000)
        visits.visit(chunk)
      }
      #expect(visits.counts.withLock { $0 } == [1, 1])
    }
  }

  @Test func workersThatSleepWakeUp() {
    let pool = WorkerPool(threads: 2)
    for _ in 0..<20 {
      usleep(500)
      let visits = Visits(count: 64)
      pool.parallelFor(count: 64, threads: 2) { visits.visit($0) }
      #expect(visits.counts.withLock { $0.allSatisfy { $0 == 1 } })
    }
  }

  @Test func jobsNest() {
    let pool = WorkerPool(threads: 3)
    let visits = Visits(count: 64)
    pool.parallelFor(count: 8, threads: 3) { outer in
      for index in outer {
        pool.parallelFor(count: 8, threads: 3) { inner in
          visits.visit(index * 8 + inner.lowerBound..<index * 8 + inner.upperBound)
        }
      }
    }
    #expect(visits.counts.withLock { $0.allSatisfy { $0 == 1 } })
  }

  @Test func threadsMayAskAtOnce() async {
    let pool = WorkerPool(threads: 3)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<6 {
        group.addTask {
          for round in 0..<200 {
            let sum = Atomic<Int>(0)
            pool.parallelFor(count: 100 + round, threads: 3) { chunk in
              sum.add(chunk.reduce(0, +), ordering: .relaxed)
            }
            let count = 100 + round
            #expect(sum.load(ordering: .relaxed) == count * (count - 1) / 2)
          }
        }
      }
    }
  }

  @Test func poolsComeAndGo() {
    for _ in 0..<50 {
      let pool = WorkerPool(threads: 2)
      pool.parallelFor(count: 2, threads: 2) { _ in }
    }
  }

  @Test func writesOfWorkersAreSeen() {
    let pool = WorkerPool(threads: 4)
    let count = 4_096
    let memory = UnsafeMutablePointer<Int>.allocate(capacity: count)
    defer { memory.deallocate() }
    memory.initialize(repeating: 0, count: count)
    nonisolated(unsafe) let shared = memory
    for round in 1...200 {
      pool.parallelFor(count: count, threads: 4, grain: 8, chunksPerThread: 4) { chunk in
        for index in chunk { shared[index] += 1 }
      }
      var agree = true
      for index in 0..<count where memory[index] != round { agree = false }
      #expect(agree)
    }
  }

  @Test func workersStayOnCPUsOfTheProcess() {
    let allowed = CPUSet.allowed()
    #expect(WorkerPool.availableCPUs == max(1, allowed.count))
    let pool = WorkerPool()
    #expect(pool.threadCount == WorkerPool.availableCPUs)
    let seen = Lock<Set<Int>>([])
    let caller = UInt(pthread_self())
    for _ in 0..<20 {
      pool.parallelFor(count: 64, threads: pool.threadCount) { _ in
        if UInt(pthread_self()) == caller { return }
        #expect(CPUSet.allowed().count == 1)
        _ = seen.withLock { $0.insert(CPUSet.current()) }
      }
    }
    #expect(seen.withLock { $0.isSubset(of: allowed) })
  }

  #if arch(x86_64)
    @Test func kernelsKeepDenormals() {
      let pool = WorkerPool(threads: 2)
      let saved = linux_get_mxcsr()
      // Flush to zero, denormals are zero, round towards zero.
      linux_set_mxcsr(0x1f80 | 0x8040 | 0x6000)
      defer { linux_set_mxcsr(saved) }
      for threads in [1, 2] {
        let modes = Lock<[UInt32]>([])
        pool.parallelFor(count: 64, threads: threads, chunksPerThread: 4) { _ in
          modes.withLock { $0.append(linux_get_mxcsr() & ~0x3f) }
        }
        let found = modes.withLock { $0 }
        #expect(found.allSatisfy { $0 == 0x1f80 }, "\(found)")
        #expect(linux_get_mxcsr() & ~0x3f == 0x1f80 | 0x8040 | 0x6000)
      }
    }
  #endif
}
