import Synchronization
import TapeIR

/// What a `Tensor` refers to: its slot, and how it was computed.
///
/// As long as a handle lives, its slot counts as held by the user and its recipe is kept.
final class TensorHandle: Sendable {
  let slot: Slot
  /// Nil for leaves.
  let recipe: Recipe?
  /// Which of the recipe's results this is.
  let result: Int
  /// Whether what is recorded from it stays connected when it is evaluated.
  let isTracked: Bool
  /// For a literal in the source, the element type of which is not settled yet: its value.
  let literal: LiteralScalar?

  init(
    _ slot: Slot, recipe: Recipe? = nil, result: Int = 0, isTracked: Bool = false,
    literal: LiteralScalar? = nil
  ) {
    self.slot = slot
    self.recipe = recipe
    self.result = result
    self.isTracked = isTracked
    self.literal = literal
    slot.isHeld.store(true, ordering: .relaxed)
  }

  deinit { slot.isHeld.store(false, ordering: .relaxed) }
}

/// The value of a literal written in the source: `2`, `0.5`, `true`.
enum LiteralScalar: Hashable, Sendable {
  case integer(Int)
  case floating(Double)
  case boolean(Bool)
}
