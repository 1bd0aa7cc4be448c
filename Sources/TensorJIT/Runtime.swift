import DeviceRuntime
import LLVMCodeGen
import Locking
import LoopIR
import ScalarIR
import Synchronization
import TapeIR

/// The one object that programs share: compiled code, memory, worker threads, counters, options.
///
/// It is internally synchronised; any thread may use it.
public final class Runtime: Sendable {
  public static let shared = Runtime()

  let pool = BufferPool()
  let workers = WorkerPool()
  /// The devices besides the processor that somebody has asked for, or why they cannot be used.
  let devices = Lock<[DeviceName: Result<OpenDevice, TensorError>]>([:])
  private let state = Lock(State())

  private struct State {
    var options = Options()
    var counters = Counters()
    var cache: [CacheKey: CompiledTape] = [:]
  }

  private struct CacheKey: Hashable {
    let program: TraceProgram
    let options: PipelineOptions
    let device: DeviceName
  }

  private let operationBudget: Atomic<Int>
  /// Bytes of values that only recorded ops keep, and the most that there may be.
  private let strandedBytes = Atomic<Int>(0)
  private let byteBudget: Atomic<Int>
  private let recordsCallSites = Atomic<Bool>(false)
  private let serial = Atomic<Int>(0)

  private init() {
    let options = Options()
    operationBudget = Atomic(options.operationBudget)
    byteBudget = Atomic(options.byteBudget)
  }

  /// What can be set; a change holds for what is evaluated after it.
  public struct Options: Sendable, Hashable {
    /// The most recorded ops that hang together and wait for their evaluation; one more, and it is
    /// evaluated by itself. 0 evaluates each op as it is recorded.
    public var operationBudget = 2048
    /// The most bytes of values that the program has let go and that only recorded ops still need;
    /// beyond it, what is recorded is evaluated at once. An eighth of the memory, at most 4 GiB.
    public var byteBudget = Swift.min(HostMemory.physicalBytes / 8, 4 << 30)
    /// Whether each op remembers the line of the source that recorded it, which takes a microsecond or
    /// a few, by the depth of the stack. Errors of wrong operands name their line without it.
    public var recordsCallSites = false
    /// The most threads that one program uses; nil for all CPUs that the process may use.
    public var threads: Int?
    /// Whether tapes and loops are checked between passes, which names a pass that broke something.
    public var verifiesPasses = false
    /// The most compiled programs that are kept; the cache is emptied when it is full.
    public var cachedPrograms = 4096
    /// The most bytes of a GPU's memory that tensors may take; nil for all. It holds for GPUs that are
    /// used for the first time after it was set.
    public var gpuMemoryLimit: Int?
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
    set {
      state.withLock { $0.options = newValue }
      operationBudget.store(newValue.operationBudget, ordering: .relaxed)
      byteBudget.store(newValue.byteBudget, ordering: .relaxed)
      recordsCallSites.store(newValue.recordsCallSites, ordering: .relaxed)
    }
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
    for device in openDevices { device.trim() }
  }

  package func allocate(byteCount: Int) throws(TensorError) -> Buffer {
    do { return try pool.allocate(byteCount: byteCount) } catch {
      throw .outOfMemory(error.description)
    }
  }

  var threadCount: Int { options.threads ?? workers.threadCount }

  package func noteCacheHit() { state.withLock { $0.counters.cacheHits += 1 } }

  package func noteEvaluation() { state.withLock { $0.counters.evaluations += 1 } }

  func noteCompiled(_ program: CompiledTape, in elapsed: Duration) {
    state.withLock { state in
      state.counters.compiles += 1
      state.counters.kernels += program.kernelCount
      state.counters.compileSeconds +=
        Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    }
  }

  func noteTrace() { state.withLock { $0.counters.traces += 1 } }

  /// The call that records an op, where that is to be remembered.
  func siteOfRecording() -> CallSite? {
    recordsCallSites.load(ordering: .relaxed) ? CallSite() : nil
  }

  /// A number greater than all before it.
  func nextSerial() -> Int { serial.add(1, ordering: .relaxed).newValue }

  /// Evaluates what was just recorded where a budget is spent.
  ///
  /// - Parameter pendingCount: how many recorded ops that wait hang together with it.
  func noteRecorded(_ slot: Slot, _ pendingCount: Int) {
    guard
      pendingCount > operationBudget.load(ordering: .relaxed)
        || strandedBytes.load(ordering: .relaxed) > byteBudget.load(ordering: .relaxed)
    else { return }
    do { try evaluate([slot]) } catch { slot.fail(error) }
  }

  /// Counts bytes of a value that the user has let go while recorded ops still need it; negative ones
  /// when it is gone.
  func noteStranded(_ bytes: Int) { strandedBytes.add(bytes, ordering: .relaxed) }

  /// Computes and publishes the values of the slots.
  ///
  /// Where another evaluation under way computes some of what they need, its end is awaited.
  func evaluate(_ roots: [Slot]) throws(TensorError) {
    for root in roots {
      if case .constant(let value) = root.current {
        let filled = try filled(value, root.type)
        root.publish(try transfer(filled, to: root.device ?? DefaultDevice.current))
      }
    }
    if roots.dropFirst().contains(where: { $0.device != roots[0].device }) {
      // A program runs on one device.
      for group in Dictionary(grouping: roots, by: \.device).values { try evaluate(group) }
      return
    }
    if roots.contains(where: { $0.pendingGraph?.hasMoves == true }) {
      try settleMoves(behind: roots)
    }
    while true {
      let pending = roots.filter { !$0.wasEvaluated }
      if pending.isEmpty { return }
      let latch = Latch()
      let capture = try Capture(evaluating: pending, until: latch)
      if let obstacle = capture.obstacle {
        obstacle.wait()
        continue
      }
      defer { latch.open() }
      do {
        return try evaluate(capture)
      } catch {
        for slot in capture.doomed { slot.spare() }
        throw error
      }
    }
  }

  private func evaluate(_ capture: Capture) throws(TensorError) {
    let device = capture.device
    let program = try compiled(capture, on: device)
    // Values that nobody else needs may be written over, where nobody else has their memory either.
    var taken: [(leaf: Slot, buffer: Buffer)] = []
    var mayOverwrite: Set<Int> = []
    for number in capture.doomedLeaves where program.reusableInputs.contains(number) {
      guard var buffer = capture.leaves[number].takeValue() else { continue }
      if buffer.device == device, isKnownUniquelyReferenced(&buffer) { mayOverwrite.insert(number) }
      taken.append((capture.leaves[number], buffer))
    }
    do throws(TensorError) {
      let takenBuffers = Dictionary(
        uniqueKeysWithValues: taken.map { (ObjectIdentifier($0.leaf), $0.buffer) })
      var inputs: [Buffer] = []
      for leaf in capture.leaves {
        guard let buffer = leaf.buffer ?? takenBuffers[ObjectIdentifier(leaf)] else {
          throw .failure("an operand was let go before it was used")
        }
        inputs.append(buffer)
      }
      let results = try run(program, inputs, mayOverwrite: mayOverwrite)
      for (slot, buffer) in zip(capture.outputs, results) { slot.publish(buffer) }
    } catch {
      for (leaf, buffer) in taken { leaf.restore(buffer) }
      throw error.located(at: capture.place(ofOp:))
    }
  }

  /// Memory of a type that holds a value everywhere.
  private func filled(_ value: ScalarValue, _ type: TensorType?) throws(TensorError) -> Buffer {
    let count = type?.byteCount ?? 0
    let buffer = try allocate(byteCount: count)
    let width = value.dtype.byteWidth
    buffer.withUnsafeMutableBytes { bytes in
      for position in 0..<Swift.min(count, width) {
        bytes[position] = UInt8(truncatingIfNeeded: value.bits >> (8 * UInt64(position)))
      }
      // Each copy doubles what is filled.
      var filled = width
      while filled < count, let start = bytes.baseAddress {
        let length = Swift.min(filled, count - filled)
        (start + filled).copyMemory(from: start, byteCount: length)
        filled += length
      }
    }
    return buffer
  }

  /// The results' buffers, for one buffer a parameter, of which some may be written over.
  ///
  /// Constants that were computed elsewhere are copied to the program's device.
  func run(
    _ program: CompiledTape, _ inputs: [Buffer], mayOverwrite: Set<Int> = []
  ) throws(TensorError) -> [Buffer] {
    noteEvaluation()
    var inputs = inputs
    for number in inputs.indices where inputs[number].device != program.device.name {
      inputs[number] = try transfer(inputs[number], to: program.device.name)
    }
    return try program.run(
      inputs, mayOverwrite: mayOverwrite, host: pool, workers: workers, threads: threadCount)
  }

  /// What was captured as a compiled program, from the cache where it is there.
  func compiled(
    _ capture: Capture, on name: DeviceName
  ) throws(TensorError) -> CompiledTape {
    let device = try open(name)
    let key = state.withLock { state in
      var options = PipelineOptions()
      options.verifiesPasses = state.options.verifiesPasses
      return CacheKey(program: capture.program, options: options, device: name)
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
    let tape: Tape
    do { tape = try capture.tape() } catch { throw TensorError(error) }
    let program = try CompiledTape(tape, options: key.options, on: device)
    noteCompiled(program, in: clock.now - start)
    state.withLock { state in
      if state.cache.count >= state.options.cachedPrograms { state.cache = [:] }
      state.cache[key] = program
    }
    return program
  }
}
