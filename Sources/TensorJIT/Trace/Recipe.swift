import DeviceRuntime
import ScalarIR
import TapeIR

/// How tensors were computed, without any data: what a gradient goes back through.
///
/// A recipe refers to the recipes of operands that were pending when it was recorded, or that are
/// tracked; the others are its leaves. It does not keep an operand's data alive.
final class Recipe: Sendable {
  let op: Op
  let attributes: Attributes
  /// What the op was recorded for, where that is not the op itself.
  let origin: String?
  /// The user's call, where sites are recorded.
  let site: CallSite?
  /// Who wants what is recorded from the results to stay connected when they are evaluated.
  let tracking: [Tracking]
  /// Later recipes have greater numbers.
  let serial: Int
  /// Emptied only when the recipe is freed.
  private nonisolated(unsafe) var storedOperands: [Operand]
  /// Set once, before anybody else sees the recipe. A pending result refers to its recipe, too: what
  /// ends the circle is that every slot is evaluated or released in the end.
  private nonisolated(unsafe) var storedOutputs: [Slot] = []

  struct Operand: Sendable {
    let slot: Slot
    /// What computed it, and which of its results it is; nil for a leaf.
    var recipe: Recipe?
    let result: Int
    /// Who wants what is recorded from the operand to stay connected when it is evaluated.
    let tracking: [Tracking]
  }

  init(
    op: Op, attributes: Attributes, operands: [Operand], origin: String?, site: CallSite?,
    tracking: [Tracking]
  ) {
    self.op = op
    self.attributes = attributes
    self.origin = origin
    self.site = site
    self.tracking = tracking
    serial = Runtime.shared.nextSerial()
    storedOperands = operands
  }

  var operands: [Operand] { storedOperands }
  var outputs: [Slot] { storedOutputs }

  /// Makes the pending results, each of which holds the operands.
  ///
  /// - Returns: how many pending slots there are that hang together with them; 0 where they depend on
  ///   an argument of a function that is being traced.
  func makeOutputs(_ types: [TensorType], on device: DeviceName?) -> Int {
    let dependsOnArgument = storedOperands.contains { $0.slot.dependsOnArgument }
    let graph = dependsOnArgument ? nil : PendingGraph.joining(storedOperands)
    if DeviceMove.target(of: op) != nil { graph?.noteMove() }
    var count = 0
    storedOutputs.reserveCapacity(types.count)
    for (number, type) in types.enumerated() {
      for operand in storedOperands { operand.slot.hold() }
      storedOutputs.append(
        Slot(
          type, .pending(self, result: number), graph: graph,
          dependsOnArgument: dependsOnArgument, device: device))
      count = graph?.add() ?? 0
    }
    return count
  }

  var provenance: Provenance {
    Provenance(location: site?.location, origin: origin ?? op.name)
  }

  deinit {
    // One after the other instead of one inside the other: a chain of any length is freed in
    // constant stack space.
    var pending = storedOperands
    storedOperands = []
    while var operand = pending.popLast() {
      guard var recipe = operand.recipe.take() else { continue }
      if isKnownUniquelyReferenced(&recipe) {
        pending.append(contentsOf: recipe.storedOperands)
        recipe.storedOperands = []
      }
    }
  }
}
