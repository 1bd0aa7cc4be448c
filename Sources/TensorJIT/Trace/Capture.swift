import DeviceRuntime
import ScalarIR
import TapeIR

/// The pending ops behind some slots as a closed tape whose parameters are the evaluated leaves.
struct Capture {
  let tape: Tape
  /// The leaves, in the order of the tape's parameters.
  let leaves: [Slot]
  /// The slots that the tape's results are for, in their order.
  let outputs: [Slot]

  /// Captures what `roots` need.
  ///
  /// - Parameters:
  ///   - allowsAbstract: whether arguments of a function that is being traced are leaves too.
  ///   - includesHeld: whether slots on the way that the user still holds become results too, so that
  ///     they need not be computed again.
  /// - Throws: the error of a failed slot among them; `TensorError.traced` for an argument of a
  ///   function that is being traced, unless that is allowed.
  /// - Complexity: linear in the pending ops; not recursive.
  init(
    _ roots: [Slot], allowsAbstract: Bool = false, includesHeld: Bool = true
  ) throws(TensorError) {
    var builder = TapeBuilder(name: "main")
    var leaves: [Slot] = []
    var values: [ObjectIdentifier: Value] = [:]
    var results: [(Slot, Value)] = []
    var stack = Array(roots.reversed())
    /// Recipes with several results are entered once.
    var nodes: [ObjectIdentifier: [Value]] = [:]
    while let slot = stack.last {
      let key = ObjectIdentifier(slot)
      if values[key] != nil {
        stack.removeLast()
        continue
      }
      switch slot.current {
      case .failed(let error): throw error
      case .abstract where !allowsAbstract: throw .traced
      case .value, .abstract:
        guard let type = slot.type else { throw .traced }
        values[key] = builder.parameter("p\(leaves.count)", type)
        leaves.append(slot)
        stack.removeLast()
      case .pending(let recipe, let result, let operands):
        var isReady = true
        for operand in operands.reversed() where values[ObjectIdentifier(operand)] == nil {
          stack.append(operand)
          isReady = false
        }
        guard isReady else { continue }
        stack.removeLast()
        let all =
          nodes[ObjectIdentifier(recipe)]
          ?? builder.add(
            recipe.op, operands.compactMap { values[ObjectIdentifier($0)] }, recipe.attributes,
            types: recipe.types, provenance: recipe.provenance)
        nodes[ObjectIdentifier(recipe)] = all
        values[key] = all[result]
        if includesHeld, slot.isHeld { results.append((slot, all[result])) }
      }
    }
    // Roots come first, also those that are leaves or that nobody holds any more.
    var outputs: [Slot] = []
    var seen: Set<ObjectIdentifier> = []
    var tapeResults: [Tape.Result] = []
    let wanted = roots.compactMap { slot in values[ObjectIdentifier(slot)].map { (slot, $0) } }
    for (slot, value) in wanted + results where seen.insert(ObjectIdentifier(slot)).inserted {
      tapeResults.append(Tape.Result(name: "y\(outputs.count)", value: value))
      outputs.append(slot)
    }
    tape = builder.finish(tapeResults)
    self.leaves = leaves
    self.outputs = outputs
  }
}
