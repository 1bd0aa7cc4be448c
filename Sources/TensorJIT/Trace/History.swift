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

  /// - Parameters:
  ///   - variables: tensors that are asked for: constants among them are parameters, too.
  ///   - extras: tensors that become parameters as well, before all others.
  /// - Throws: `historyReleased` where a leaf's value has been let go; the error of a failed leaf.
  /// - Complexity: linear in the recorded ops; not recursive.
  init(
    _ handles: [TensorHandle], variables: [TensorHandle] = [], extras extraTensors: [Tensor] = []
  ) throws(TensorError) {
    let variableSlots = Set(variables.map { ObjectIdentifier($0.slot) })
    var connections = Connections(to: variables)
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
    func enter(
      _ slot: Slot, recipe: Recipe? = nil, result: Int = 0, _ builder: inout TapeBuilder
    ) throws(TensorError) -> Value {
      if let value = leaves[ObjectIdentifier(slot)] { return value }
      guard let type = slot.type else {
        if case .failed(let error) = slot.current { throw error }
        throw .traced
      }
      if case .constant(let scalar) = slot.current,
        !variableSlots.contains(ObjectIdentifier(slot)),
        let constant = try? builder.splat(scalar, type.shape)
      {
        leaves[ObjectIdentifier(slot)] = constant
        known[constant] = Tensor(constant: scalar, type.shape)
        return constant
      }
      let revived = TensorHandle(
        reviving: slot, recipe: recipe, result: result, tracking: recipe?.tracking ?? [],
        keepsHistory: recipe != nil)
      guard let handle = revived else {
        throw .historyReleased("a gradient needs a value that has been let go")
      }
      let value = builder.parameter("x\(leaves.count)", type)
      leaves[ObjectIdentifier(slot)] = value
      known[value] = Tensor(handle)
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
        if let inner = operand.recipe {
          if let values = recipes[ObjectIdentifier(inner)] {
            operands.append(values[operand.result])
          } else if operand.slot.wasEvaluated, !connections.lead(from: inner),
            let value = try? enter(
              operand.slot, recipe: inner, result: operand.result, &builder)
          {
            // Nothing behind a value that is there is asked for.
            operands.append(value)
          } else {
            stack.append(.recipe(inner))
            isReady = false
          }
        } else if case .released = operand.slot.current {
          let place = recipe.provenance.location.map { " at \($0.file):\($0.line)" } ?? ""
          throw .historyReleased(
            "a gradient needs an operand of \(recipe.op.name)\(place), "
              + "whose value has been let go; keep the tensor, or use tracked() or grad")
        } else {
          operands.append(try enter(operand.slot, &builder))
        }
      }
      guard isReady else { continue }
      stack.removeLast()
      let values = builder.add(
        recipe.op, operands, recipe.attributes, types: recipe.outputs.compactMap(\.type),
        provenance: recipe.provenance)
      recipes[key] = values
      for (number, value) in values.enumerated() where known[value] == nil {
        let revived = TensorHandle(
          reviving: recipe.outputs[number], recipe: recipe, result: number,
          tracking: recipe.tracking, keepsHistory: true)
        if let revived { known[value] = Tensor(revived) }
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

/// Whether variables are among what recorded ops were computed from.
private struct Connections {
  private let recipes: Set<ObjectIdentifier>
  private let slots: Set<ObjectIdentifier>
  private var known: [ObjectIdentifier: Bool] = [:]

  init(to variables: [TensorHandle]) {
    recipes = Set(variables.compactMap(\.recipe).map(ObjectIdentifier.init))
    slots = Set(variables.map { ObjectIdentifier($0.slot) })
  }

  /// Whether a path leads from the recipe to a variable.
  ///
  /// - Complexity: linear in the recorded ops over all calls; not recursive.
  mutating func lead(from recipe: Recipe) -> Bool {
    var stack = [recipe]
    while let recipe = stack.last {
      let key = ObjectIdentifier(recipe)
      if known[key] != nil {
        stack.removeLast()
        continue
      }
      let isVariable =
        recipes.contains(key)
        || recipe.operands.contains { slots.contains(ObjectIdentifier($0.slot)) }
      let inner = isVariable ? [] : recipe.operands.compactMap(\.recipe)
      let unknown = inner.filter { known[ObjectIdentifier($0)] == nil }
      if unknown.isEmpty {
        known[key] = isVariable || inner.contains { known[ObjectIdentifier($0)] == true }
      } else {
        stack += unknown
      }
    }
    return known[ObjectIdentifier(recipe)] == true
  }
}
