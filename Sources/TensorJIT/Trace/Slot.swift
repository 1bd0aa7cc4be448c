import DeviceRuntime
import Locking
import ScalarIR
import Synchronization
import TapeIR

/// The place where the value of one recorded result is published.
///
/// A slot is pending until somebody forces it: then it knows how to be computed and keeps the slots
/// alive that this takes. Once a value is published, it keeps the value and nothing else. Slots are
/// held by the user's tensors and by pending slots, never by recipes, so data lives exactly as long
/// as somebody may still need it.
final class Slot: Sendable {
  enum State: Sendable {
    /// Result number `result` of `recipe`, from the values of the operands' slots.
    case pending(Recipe, result: Int, operands: [Slot])
    /// Known.
    case value(Buffer)
    /// An argument of a function that is being traced: there is no value to be had.
    case abstract
    /// A wrong program, or one whose evaluation went wrong.
    case failed(TensorError)
  }

  /// Nil only where the slot has failed.
  let type: TensorType?
  private let state: Lock<State>
  /// How many handles of the user refer to the slot; where there is one, forcing what depends on the
  /// slot publishes it.
  let handleCount = Atomic<Int>(0)
  /// The longest chain of pending ops that ended here when it was recorded.
  let depth: Int
  /// Whether there is no value to be had, because it takes an argument of a function that is being
  /// traced.
  let dependsOnArgument: Bool

  init(_ type: TensorType?, _ state: consuming State, depth: Int = 0) {
    self.type = type
    self.depth = depth
    dependsOnArgument =
      switch state {
      case .abstract: true
      case .pending(_, _, let operands): operands.contains { $0.dependsOnArgument }
      case .value, .failed: false
      }
    self.state = Lock(state)
  }

  var current: State { state.withLock { $0 } }

  /// The longest chain of ops that are still pending here.
  var pendingDepth: Int {
    if case .pending = current { return depth }
    return 0
  }

  var isHeld: Bool { handleCount.load(ordering: .relaxed) > 0 }

  var buffer: Buffer? {
    if case .value(let buffer) = current { return buffer }
    return nil
  }

  /// Publishes the value, unless another thread already has.
  func publish(_ buffer: Buffer) { settle(.value(buffer)) }

  /// Publishes what went wrong, unless a value is there.
  func fail(_ error: TensorError) { settle(.failed(error)) }

  private func settle(_ settled: State) {
    let before = state.withLock { state -> State in
      let before = state
      if case .pending = before { state = settled }
      return before
    }
    if case .pending(_, _, let operands) = before { Slot.release(operands) }
  }

  /// Takes the operands out of a slot that nobody else refers to.
  private func takeOperands() -> [Slot] {
    state.withLock { state in
      guard case .pending(_, _, let operands) = state else { return [] }
      state = .abstract
      return operands
    }
  }

  deinit { Slot.release(takeOperands()) }

  /// Lets go of slots one after the other instead of one inside the other, so that a chain of any
  /// length is freed in constant stack space.
  private static func release(_ slots: consuming [Slot]) {
    var pending = slots
    while var slot = pending.popLast() {
      if isKnownUniquelyReferenced(&slot) { pending.append(contentsOf: slot.takeOperands()) }
    }
  }
}
