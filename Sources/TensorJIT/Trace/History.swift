import ScalarIR
import TapeIR

/// The recipes behind some tensors as a tape: what a gradient goes back through.
struct History {
  let tape: Tape
  /// The tape's values that are there as tensors: its parameters, and results that are still alive.
  let known: [Value: Tensor]
  /// The values of the roots and of the extra parameters.
  let roots: [Value]
  let extras: [Value]
  private let recipes: [ObjectIdentifier: [Value]]
  private let leaves: [ObjectIdentifier: Value]

  /// What is to be visited: a recipe, or a leaf.
  private enum Item {
    case recipe(Recipe)
    case leaf(Slot)
  }

  /// - Parameter extras: tensors that become parameters as well, before all others.
  /// - Throws: `historyReleased` where a leaf's value has been let go; the error of a failed leaf.
  /// - Complexity: linear in the recorded ops; not recursive.
  init(_ handles: [TensorHandle], extras extraTensors: [Tensor] = []) throws(TensorError) {
    var builder = TapeBuilder(name: "history")
    var known: [Value: Tensor] = [:]
    var recipes: [ObjectIdentifier: [Value]] = [:]
    var leaves: [ObjectIdentifier: Value] = [:]
    var extras: [Value] = []
    for (number, tensor) in extraTensors.enumerated() {
      let value = builder.parameter("seed\(number)", try tensor.tensorType)
      known[value] = tensor
      extras.append(value)
    }
    func enter(_ slot: Slot, _ builder: inout TapeBuilder) throws(TensorError) -> Value {
      if let value = leaves[ObjectIdentifier(slot)] { return value }
      guard let type = slot.type else {
        if case .failed(let error) = slot.current { throw error }
        throw .traced
      }
      let value = builder.parameter("x\(leaves.count)", type)
      leaves[ObjectIdentifier(slot)] = value
      known[value] = Tensor(TensorHandle(slot))
      return value
    }
    var stack: [Item] = handles.reversed().map { handle in
      handle.recipe.map(Item.recipe) ?? .leaf(handle.slot)
    }
    while let item = stack.last {
      guard case .recipe(let recipe) = item else {
        if case .leaf(let slot) = item { _ = try enter(slot, &builder) }
        stack.removeLast()
        continue
      }
      let key = ObjectIdentifier(recipe)
      if recipes[key] != nil {
        stack.removeLast()
        continue
      }
      var operands: [Value] = []
      var isReady = true
      for operand in recipe.operands {
        switch operand {
        case .result(let inner, let number):
          if let values = recipes[ObjectIdentifier(inner)] {
            operands.append(values[number])
          } else {
            stack.append(.recipe(inner))
            isReady = false
          }
        case .leaf(let leaf):
          guard let slot = leaf.slot else {
            let place = recipe.provenance.location.map { " at \($0.file):\($0.line)" } ?? ""
            throw .historyReleased(
              "a gradient needs an operand of \(recipe.op.name)\(place), "
                + "whose value has been let go; keep the tensor, or use tracked() or grad")
          }
          operands.append(try enter(slot, &builder))
        }
      }
      guard isReady else { continue }
      stack.removeLast()
      let values = builder.add(
        recipe.op, operands, recipe.attributes, types: recipe.types,
        provenance: recipe.provenance)
      recipes[key] = values
      for (number, value) in values.enumerated() where known[value] == nil {
        guard let slot = recipe.output(number) else { continue }
        known[value] = Tensor(
          TensorHandle(
            slot, recipe: recipe, result: number, tracking: recipe.tracking, keepsHistory: true))
      }
    }
    roots = handles.compactMap { handle in
      handle.recipe.map { recipes[ObjectIdentifier($0)]?[handle.result] }
        ?? leaves[ObjectIdentifier(handle.slot)]
    }
    tape = builder.finish([])
    self.known = known
    self.extras = extras
    self.recipes = recipes
    self.leaves = leaves
  }

  /// The values that stand for a tensor: as a result of its recipe, as a leaf, or both, where it was
  /// used before and after its evaluation.
  func values(of handle: TensorHandle) -> [Value] {
    var values: [Value] = []
    if let recipe = handle.recipe, let known = recipes[ObjectIdentifier(recipe)] {
      values.append(known[handle.result])
    }
    if let leaf = leaves[ObjectIdentifier(handle.slot)] { values.append(leaf) }
    return values
  }
}
