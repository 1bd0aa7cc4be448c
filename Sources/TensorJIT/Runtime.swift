import DeviceRuntime
import LLVMCodeGen
import Locking
import LoopIR
import ScalarIR
import TapeIR

/// The one object that programs share: compiled code, memory, worker threads, counters, options.
///
/// It is internally synchronised; any thread may use it.
public final class Runtime: Sendable {
  public static let shared = Runtime()

  let pool = BufferPool()
  let workers = WorkerPool()
  private let state = Lock(State())

  private struct State {
    var options = Options()
    var counters = Counters()
    var cache: [CacheKey: CompiledTape] = [:]
  }

  private struct CacheKey: Hashable {
    let tape: Tape
    let options: PipelineOptions
  }

  private init() {}

  /// What can be set; a change holds for what is evaluated after it.
  public struct Options: Sendable, Hashable {
    /// The longest chain of recorded ops before it is evaluated by itself; 0 evaluates each op as it
    /// is recorded.
    public var operationBudget = 2048
    /// The most threads that one program uses; nil for all CPUs that the process may use.
    public var threads: Int?
    /// Whether tapes and loops are checked between passes, which names a pass that broke something.
    public var verifiesPasses = false
    /// The most compiled programs that are kept; the cache is emptied when it is full.
    public var cachedPrograms = 4096
  }

  /// What has happened since the process started, or since `resetCounters`.
  public struct Counters: Sendable, Hashable {
    /// Programs run: evaluations of recorded ops, and calls of functions made by `jit`.
    public var evaluations = 0
    /// Functions traced by `jit`.
    public var traces = 0
    /// Programs compiled.
    public var compiles = 0
    /// Evaluations that found their program compiled.
    public var cacheHits = 0
    /// Kernels compiled.
    public var kernels = 0
    /// Seconds spent compiling.
    public var compileSeconds = 0.0
    /// Bytes of tensors and intermediate results that are in use, and their maximum.
    public var bytesInUse = 0
    public var peakBytes = 0
    /// Bytes that are kept for reuse.
    public var bytesCached = 0
  }

  public var options: Options {
    get { state.withLock { $0.options } }
    set { state.withLock { $0.options = newValue } }
  }

  public var counters: Counters {
    let memory = pool.statistics
    return state.withLock { state in
      var counters = state.counters
      counters.bytesInUse = memory.bytesInUse
      counters.peakBytes = memory.peakBytesInUse
      counters.bytesCached = memory.bytesCached
      return counters
    }
  }

  /// Sets the counts of events back to zero.
  public func resetCounters() { state.withLock { $0.counters = Counters() } }

  /// Returns memory that is kept for reuse to the system and forgets compiled programs, but for those
  /// of functions that `jit` made.
  public func trim() {
    state.withLock { $0.cache = [:] }
    pool.trim()
  }

  func allocate(byteCount: Int) throws(TensorError) -> Buffer {
    do { return try pool.allocate(byteCount: byteCount) } catch {
      throw .outOfMemory(error.description)
    }
  }

  var threadCount: Int { options.threads ?? workers.threadCount }

  func noteCacheHit() { state.withLock { $0.counters.cacheHits += 1 } }

  func noteTrace() { state.withLock { $0.counters.traces += 1 } }

  /// Evaluates what has grown longer than the budget.
  func noteRecorded(_ tensor: Tensor) {
    let slot = tensor.handle.slot
    guard slot.depth > options.operationBudget, tensor.handle.literal == nil,
      !slot.dependsOnArgument
    else { return }
    do { try evaluate([slot]) } catch { slot.fail(error) }
  }

  /// Computes and publishes the values of the slots.
  func evaluate(_ roots: [Slot]) throws(TensorError) {
    let pending = roots.filter { if case .value = $0.current { false } else { true } }
    if pending.isEmpty { return }
    let capture = try Capture(pending)
    let program = try compiled(capture.tape)
    let results = try run(program, capture.leaves.compactMap(\.buffer))
    for (slot, buffer) in zip(capture.outputs, results) { slot.publish(buffer) }
  }

  func run(_ program: CompiledTape, _ inputs: [Buffer]) throws(TensorError) -> [Buffer] {
    state.withLock { $0.counters.evaluations += 1 }
    return try program.run(inputs, pool: pool, workers: workers, threads: threadCount)
  }

  /// The tape compiled, from the cache where it is there.
  func compiled(_ tape: Tape) throws(TensorError) -> CompiledTape {
    let key = state.withLock { state in
      var options = PipelineOptions()
      options.verifiesPasses = state.options.verifiesPasses
      return CacheKey(tape: tape, options: options)
    }
    if let hit = state.withLock({ state -> CompiledTape? in
      let hit = state.cache[key]
      if hit != nil { state.counters.cacheHits += 1 }
      return hit
    }) {
      return hit
    }
    let clock = ContinuousClock()
    let start = clock.now
    let program = try CompiledTape(tape, options: key.options, pool: pool)
    let elapsed = clock.now - start
    state.withLock { state in
      if state.cache.count >= state.options.cachedPrograms { state.cache = [:] }
      state.cache[key] = program
      state.counters.compiles += 1
      state.counters.kernels += program.kernelCount
      state.counters.compileSeconds +=
        Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    }
    return program
  }
}
