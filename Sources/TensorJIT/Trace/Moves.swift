import DeviceRuntime

extension Runtime {
  /// Carries out the moves between devices that pending slots wait for, one after the other, each
  /// after those behind it; what is left of the graph is on one device.
  ///
  /// - Complexity: linear in the pending ops; not recursive.
  func settleMoves(behind roots: [Slot]) throws(TensorError) {
    for slot in Runtime.pendingMoves(behind: roots) {
      guard case .pending(let recipe, _) = slot.current,
        let target = DeviceMove.target(of: recipe.op), let source = recipe.operands.first?.slot
      else { continue }
      // Another thread may carry the same move out meanwhile, and let the source go with it.
      guard source.tryHold() else { continue }
      defer { source.release() }
      guard case .pending = slot.current else { continue }
      try evaluate([source])
      switch source.current {
      case .value(let buffer): slot.publish(try transfer(buffer, to: target))
      case .failed(let error): throw error
      case .pending, .constant, .abstract, .released:
        throw .failure("a tensor that is to be moved has no value")
      }
    }
  }

  /// The pending slots behind some that are moved from another device, but those that depend on
  /// arguments of a function that is being traced; each after those that it needs.
  private static func pendingMoves(behind roots: [Slot]) -> [Slot] {
    var moves: [Slot] = []
    var seen: Set<ObjectIdentifier> = []
    var stack = roots.map { (slot: $0, isDone: false) }
    while let (slot, isDone) = stack.popLast() {
      guard case .pending(let recipe, _) = slot.current else { continue }
      if isDone {
        moves.append(slot)
        continue
      }
      guard seen.insert(ObjectIdentifier(slot)).inserted else { continue }
      if !slot.dependsOnArgument, DeviceMove.target(of: recipe.op) != nil {
        stack.append((slot, true))
      }
      for operand in recipe.operands { stack.append((operand.slot, false)) }
    }
    return moves
  }
}
