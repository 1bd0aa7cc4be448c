import Locking
import ScalarIR
import TapeIR

/// How a tensor was computed, without any data: what a gradient goes back through.
///
/// A recipe refers to the recipes of operands that were pending when it was recorded, or that are
/// tracked, and to the slots of operands that were evaluated: those are its leaves. It does not keep
/// a leaf's data alive.
final class Recipe: Sendable {
  let op: Op
  let attributes: Attributes
  let types: [TensorType]
  let provenance: Provenance
  /// Who wants what is recorded from the results to stay connected when they are evaluated.
  let tracking: [Tracking]
  /// Emptied only when the recipe is freed.
  private nonisolated(unsafe) var storedOperands: [Operand]
  /// The slots of the results, as long as somebody needs them.
  private let outputs: Lock<[WeakSlot]>

  enum Operand: Sendable {
    /// A result of another recipe.
    case result(Recipe, Int)
    /// A value that was there.
    case leaf(WeakSlot)
  }

  init(
    op: Op, attributes: Attributes, operands: [Operand], types: [TensorType],
    provenance: Provenance, tracking: [Tracking]
  ) {
    self.op = op
    self.attributes = attributes
    self.types = types
    self.provenance = provenance
    self.tracking = tracking
    storedOperands = operands
    outputs = Lock(types.map { _ in WeakSlot(nil) })
  }

  var operands: [Operand] { storedOperands }

  /// The slot of a result, where it is still alive.
  func output(_ result: Int) -> Slot? { outputs.withLock { $0[result].slot } }

  func setOutput(_ result: Int, to slot: Slot) {
    outputs.withLock { $0[result] = WeakSlot(slot) }
  }

  deinit {
    // One after the other instead of one inside the other: a chain of any length is freed in
    // constant stack space.
    var pending = storedOperands
    storedOperands = []
    while let operand = pending.popLast() {
      guard case .result(var recipe, _) = consume operand else { continue }
      if isKnownUniquelyReferenced(&recipe) {
        pending.append(contentsOf: recipe.storedOperands)
        recipe.storedOperands = []
      }
    }
  }
}

/// A slot that is not kept alive.
struct WeakSlot: Sendable {
  weak let slot: Slot?
  init(_ slot: Slot?) { self.slot = slot }
}
