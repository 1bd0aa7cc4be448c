import Locking
import ScalarIR
import TapeIR

/// What a `Tensor` refers to: its slot, and how it was computed.
///
/// As long as a handle lives, it holds its slot and keeps its recipe.
final class TensorHandle: Sendable {
  let slot: Slot
  /// Nil for leaves.
  let recipe: Recipe?
  /// Which of the recipe's results this is.
  let result: Int
  /// Who wants what is recorded from it to stay connected when it is evaluated.
  let tracking: [Tracking]
  /// Whether what is recorded from it now is connected to its recipe although it is evaluated.
  let keepsHistory: Bool
  /// For a literal in the source, the element type of which is not settled yet: its value.
  let literal: LiteralScalar?

  /// A handle of a slot that somebody holds, or that was just made.
  init(
    _ slot: Slot, recipe: Recipe? = nil, result: Int = 0, tracking: [Tracking] = [],
    keepsHistory: Bool = false, literal: LiteralScalar? = nil
  ) {
    self.slot = slot
    self.recipe = recipe
    self.result = result
    self.tracking = tracking
    self.keepsHistory = keepsHistory
    self.literal = literal
    slot.addUser()
  }

  /// A handle of a slot, unless it is released.
  convenience init?(
    reviving slot: Slot, recipe: Recipe? = nil, result: Int = 0, tracking: [Tracking] = [],
    keepsHistory: Bool = false
  ) {
    guard slot.tryHold() else { return nil }
    self.init(
      slot, recipe: recipe, result: result, tracking: tracking, keepsHistory: keepsHistory)
    slot.release()
  }

  deinit { slot.removeUser() }
}

/// Why a tensor is tracked: because the user asked for it, or because it depends on an argument of a
/// function that is being differentiated.
final class Tracking: Sendable {
  /// The leaves that a gradient may need, held until the function has been differentiated, so that it
  /// may read values on the way.
  private let leaves: Lock<[Slot]>?

  init(retainsLeaves: Bool) { leaves = retainsLeaves ? Lock([]) : nil }

  /// The tracking of `Tensor.tracked()`; it keeps no data.
  static let user = Tracking(retainsLeaves: false)

  /// Holds a slot that somebody else holds at the moment.
  func retain(_ slot: Slot) {
    leaves?.withLock { leaves in
      slot.hold()
      leaves.append(slot)
    }
  }

  /// Lets the leaves go: the function has been differentiated.
  func releaseLeaves() {
    let released = leaves?.withLock { leaves -> [Slot] in
      defer { leaves = [] }
      return leaves
    }
    for slot in released ?? [] { slot.release() }
  }

  deinit { releaseLeaves() }
}

/// The value of a literal written in the source: `2`, `0.5`, `true`.
enum LiteralScalar: Hashable, Sendable {
  case integer(Int)
  case floating(Double)
  case boolean(Bool)
}

extension LiteralScalar: CustomStringConvertible {
  /// The literal as an error message names it.
  var description: String {
    switch self {
    case .integer(let value): "the literal \(value)"
    case .floating(let value): "the literal \(value)"
    case .boolean(let value): "the literal \(value)"
    }
  }
}
