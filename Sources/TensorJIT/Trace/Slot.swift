import DeviceRuntime
import Locking
import ScalarIR
import Synchronization
import TapeIR

/// The place where the value of one recorded result is published.
///
/// A slot is pending until somebody forces it: then its recipe says how to compute it. Once a value
/// is published, it keeps the value and nothing else.
///
/// Data lives exactly as long as somebody may still need it, which the slot counts itself: its
/// *holders* are the handles of the user and, for each operand that it is of one, the pending slots.
/// Recipes refer to slots without holding them. When the last holder lets go, the slot is released:
/// it gives up its value or its recipe and never has one again.
final class Slot: Sendable {
  enum State: Sendable {
    /// Result number `result` of `recipe`.
    case pending(Recipe, result: Int)
    /// One value everywhere, part of the programs that use it.
    case constant(ScalarValue)
    /// Known.
    case value(Buffer)
    /// An argument of a function that is being traced: there is no value to be had.
    case abstract
    /// A wrong program, or one whose evaluation went wrong.
    case failed(TensorError)
    /// Nobody needs it any more.
    case released
  }

  /// Nil only where the slot has failed.
  let type: TensorType?
  /// Whether there is no value to be had, because it takes an argument of a function that is being
  /// traced.
  let dependsOnArgument: Bool
  /// The device that the value is to be on; nil for constants, for what is made of these alone, and in
  /// functions that are being traced: those are wherever they are used.
  let device: DeviceName?
  /// Guarded by the lock.
  private nonisolated(unsafe) var state: State
  private let holders = Atomic<Int>(0)
  /// How many of the holders are handles of the user.
  private let users = Atomic<Int>(0)
  private let isKnown: Atomic<Bool>
  /// What the slot hangs together with while it is pending.
  private let graph: PendingGraph?
  /// Whether the user has let go a value that recorded ops still need.
  private let isStranded = Atomic<Bool>(false)
  /// What a walk over the graph knows about the slot; guarded by `Capture.lock`.
  nonisolated(unsafe) var mark = Capture.Mark()

  init(
    _ type: TensorType?, _ state: consuming State, graph: PendingGraph? = nil,
    dependsOnArgument: Bool = false, device: DeviceName? = nil
  ) {
    self.type = type
    self.device = device
    self.graph = graph
    self.dependsOnArgument = dependsOnArgument
    if case .value = state { isKnown = Atomic(true) } else { isKnown = Atomic(false) }
    self.state = state
  }

  // MARK: State

  /// Slots share a few locks, as a lock of its own would be most of a slot.
  private static let locks = StripedLock()

  private func withLock<Result>(_ body: () -> Result) -> Result {
    // Objects lie at multiples of 16; neighbours are likely to be used together.
    Slot.locks.withLock(Int(bitPattern: ObjectIdentifier(self)) >> 5, body)
  }

  var current: State { withLock { state } }

  var buffer: Buffer? {
    if case .value(let buffer) = current { return buffer }
    return nil
  }

  /// Whether a value has been published, also where it has been released since.
  var wasEvaluated: Bool { isKnown.load(ordering: .acquiring) }

  /// What the slot hangs together with; nil where it is not pending.
  var pendingGraph: PendingGraph? { wasEvaluated ? nil : graph }

  /// Publishes the value, unless another thread already has.
  func publish(_ buffer: Buffer) { settle(.value(buffer)) }

  /// Publishes what went wrong, unless a value is there.
  func fail(_ error: TensorError) { settle(.failed(error)) }

  private func settle(_ settled: State) {
    let recipe = withLock { () -> Recipe? in
      switch state {
      case .pending(let recipe, _):
        state = settled
        return recipe
      case .constant, .abstract:
        state = settled
        return nil
      case .value, .failed, .released: return nil
      }
    }
    if case .value = settled { isKnown.store(true, ordering: .releasing) }
    guard let recipe else { return }
    graph?.remove()
    Slot.releaseOperands(of: recipe)
  }

  // MARK: Holders

  /// Counts a holder more. The caller knows that there is one, or has just made the slot.
  func hold() { holders.add(1, ordering: .relaxed) }

  /// Counts a holder more, unless the slot is released or only an evaluation that is under way needs
  /// it.
  func tryHold() -> Bool {
    var count = holders.load(ordering: .relaxed)
    while count > 0 {
      let (isDone, found) = holders.weakCompareExchange(
        expected: count, desired: count + 1, ordering: .relaxed)
      if isDone { return true }
      count = found
    }
    return false
  }

  /// Added to the count of a slot that nobody but an evaluation needs.
  private static let doomed = Int.min / 2

  /// Where the slot has no holders but the `count` that an evaluation is going to let go, makes sure
  /// that it never gets another one, and says so.
  func doom(expecting count: Int) -> Bool {
    holders.compareExchange(
      expected: count, desired: count + Slot.doomed, ordering: .acquiringAndReleasing
    ).exchanged
  }

  /// Takes back `doom`, because the evaluation went wrong.
  func spare() { holders.subtract(Slot.doomed, ordering: .relaxed) }

  /// Counts a holder less, and says whether it was the last one.
  private func dropHolder() -> Bool {
    let count = holders.subtract(1, ordering: .acquiringAndReleasing).newValue
    return count == 0 || count == Slot.doomed
  }

  /// Counts a holder less; released with the last one, and with it what only it needed.
  ///
  /// - Returns: whether the slot still has holders.
  @discardableResult
  func release() -> Bool {
    guard dropHolder() else { return true }
    if let recipe = tearDown() { Slot.releaseOperands(of: recipe) }
    return false
  }

  /// Takes the value out of a slot that is doomed.
  func takeValue() -> Buffer? {
    let taken = withLock { () -> Buffer? in
      guard case .value(let buffer) = state else { return nil }
      state = .released
      return buffer
    }
    if taken != nil { noteGone() }
    return taken
  }

  /// Puts back what `takeValue` took.
  func restore(_ buffer: Buffer) {
    withLock { state = .value(buffer) }
    if isStranded.load(ordering: .relaxed), let bytes = type?.byteCount {
      Runtime.shared.noteStranded(bytes)
    }
  }

  /// Counts a handle of the user more, where `hold` may be called.
  func addUser() {
    hold()
    if users.add(1, ordering: .relaxed).oldValue == 0,
      isStranded.exchange(false, ordering: .relaxed),
      let bytes = type?.byteCount
    {
      Runtime.shared.noteStranded(-bytes)
    }
  }

  /// Counts a handle of the user less.
  func removeUser() {
    let isLast = users.subtract(1, ordering: .relaxed).newValue == 0
    if release(), isLast, wasEvaluated, let bytes = type?.byteCount,
      !isStranded.exchange(true, ordering: .relaxed)
    {
      Runtime.shared.noteStranded(bytes)
    }
  }

  private func tearDown() -> Recipe? {
    // What is let go is freed outside of the lock.
    let before = withLock { () -> State in
      let before = state
      // A constant takes no memory, and a gradient may still want it; an argument never had a value.
      switch before {
      case .constant, .abstract: return before
      case .pending, .value, .failed, .released: break
      }
      state = .released
      return before
    }
    switch before {
    case .pending(let recipe, _):
      graph?.remove()
      return recipe
    case .value:
      noteGone()
      return nil
    case .constant, .abstract, .failed, .released: return nil
    }
  }

  /// The value of a slot that was stranded is gone.
  private func noteGone() {
    if isStranded.load(ordering: .relaxed), let bytes = type?.byteCount {
      Runtime.shared.noteStranded(-bytes)
    }
  }

  /// Lets go of what a slot that is no longer pending held, one after the other instead of one inside
  /// the other, so that a chain of any length is freed in constant stack space.
  private static func releaseOperands(of recipe: Recipe) {
    var pending = [recipe]
    while let recipe = pending.popLast() {
      for operand in recipe.operands where operand.slot.dropHolder() {
        if let next = operand.slot.tearDown() { pending.append(next) }
      }
    }
  }
}
