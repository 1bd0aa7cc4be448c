import DeviceRuntime
import ScalarIR
import TapeIR

extension Tensor {
  /// The results of an op, recorded; where the operands do not fit, tensors that carry the error.
  ///
  /// Literals take the element type of the first operand that is none, and operands of different
  /// shapes broadcast where the op allows it.
  static func record(
    _ op: Op, _ operands: [Tensor], _ attributes: Attributes = .none
  ) -> [Tensor] {
    do throws(TensorError) {
      // Numbers are moved before they are repeated to fill a shape.
      let fitted = try fit(placed(operands, for: op).operands, to: op)
      var types: [TensorType] = []
      types.reserveCapacity(fitted.count)
      for operand in fitted { types.append(try operand.tensorType) }
      let resultTypes: [TensorType]
      do {
        resultTypes = try op.checkedTypes(types, attributes)
      } catch {
        throw TensorError(op, types, error)
      }
      return append(op, fitted, attributes, types: resultTypes)
    } catch {
      return [Tensor(failure: error)]
    }
  }

  /// The single result of an op.
  static func apply(
    _ op: Op, _ operands: Tensor..., attributes: Attributes = .none
  ) -> Tensor {
    record(op, operands, attributes)[0]
  }

  /// Records an op whose operands have been checked.
  ///
  /// - Parameter origin: what it is recorded for, where that is not the op itself.
  static func append(
    _ op: Op, _ operands: [Tensor], _ attributes: Attributes, types: [TensorType],
    origin: String? = nil
  ) -> [Tensor] {
    let placed: (operands: [Tensor], device: DeviceName?)
    do { placed = try Tensor.placed(operands, for: op) } catch {
      return types.map { _ in Tensor(failure: error) }
    }
    let operands = placed.operands
    var tracking: [Tracking] = []
    var links: [Recipe.Operand] = []
    links.reserveCapacity(operands.count)
    for operand in operands {
      links.append(operand.handle.link)
      for item in operand.handle.tracking where !tracking.contains(where: { $0 === item }) {
        tracking.append(item)
      }
    }
    // What a gradient may need of operands that it does not go back through.
    for item in tracking {
      for link in links where !link.tracking.contains(where: { $0 === item }) {
        item.retain(link.slot)
      }
    }
    let recipe = Recipe(
      op: op, attributes: attributes, operands: links, origin: origin,
      site: Runtime.shared.siteOfRecording(), tracking: tracking)
    let pendingCount = recipe.makeOutputs(types, on: placed.device)
    let results = recipe.outputs.enumerated().map { number, slot in
      Tensor(TensorHandle(slot, recipe: recipe, result: number, tracking: tracking))
    }
    if pendingCount > 0 { Runtime.shared.noteRecorded(recipe.outputs[0], pendingCount) }
    return results
  }

  /// The operands as an op takes them: literals with an element type, and all of one shape where the
  /// op broadcasts.
  private static func fit(_ operands: [Tensor], to op: Op) throws(TensorError) -> [Tensor] {
    let hasLiterals = operands.contains { $0.handle.literal != nil }
    guard hasLiterals || op.broadcastsOperands else { return operands }
    let shape = op.broadcastsOperands ? try commonShape(operands, op) : nil
    let settled = hasLiterals ? try settleLiterals(op, operands, shape) : operands
    guard let shape else { return settled }
    return settled.map { $0.broadcast(toShape: shape) }
  }

  /// Literals as constants of the element type that the other operands have, and of the given shape;
  /// among themselves, of a type that holds all of them.
  private static func settleLiterals(
    _ op: Op, _ operands: [Tensor], _ shape: Shape?
  ) throws(TensorError) -> [Tensor] {
    let values = operands.dropFirst(op.firstValueOperand(operands.count))
    let literals = values.compactMap(\.handle.literal)
    guard !literals.isEmpty else { return operands }
    let model = values.first { $0.handle.literal == nil }
    guard let dtype = try model?.tensorType.dtype ?? LiteralScalar.commonType(literals) else {
      return operands
    }
    var settled = operands
    for number in values.indices {
      guard let literal = operands[number].handle.literal else { continue }
      guard let value = try? literal.value(as: dtype) else {
        throw .mismatch(op, try model?.tensorType ?? TensorType(dtype, .scalar), "\(literal)")
      }
      settled[number] = Tensor(constant: value, shape ?? .scalar)
    }
    return settled
  }

  /// The one shape that NumPy's rule broadcasts the operands to.
  private static func commonShape(
    _ operands: [Tensor], _ op: Op
  ) throws(TensorError) -> Shape {
    var common: Shape?
    for operand in operands where operand.handle.literal == nil {
      let shape = try operand.tensorType.shape
      guard let sofar = common else {
        common = shape
        continue
      }
      if sofar == shape { continue }
      guard let joined = sofar.broadcast(with: shape) else {
        var types: [TensorType] = []
        for operand in operands { types.append(try operand.tensorType) }
        let found = types.map(\.description).joined(separator: " and ")
        throw TensorError(
          op, types,
          ConstraintViolation(
            "C2", "\(op.name) needs operands whose shapes broadcast, found \(found)"))
      }
      common = joined
    }
    return common ?? .scalar
  }

  /// The tensor repeated to fill a shape, its axes lined up with the last ones.
  func broadcast(toShape shape: Shape) -> Tensor {
    if let type = try? tensorType, type.shape == shape { return self }
    return Tensor.apply(.broadcast, self, attributes: [.shape: .dims(shape.dims)])
  }

  /// Values of a tape, recorded here.
  ///
  /// - Parameter known: values that are there already, among them all parameters that are needed.
  static func replay(_ tape: Tape, _ wanted: [Value], known: [Value: Tensor]) -> [Value: Tensor] {
    var isNeeded = [Bool](repeating: false, count: tape.types.count)
    for value in wanted { isNeeded[value.index] = true }
    for node in tape.nodes.reversed()
    where node.results.contains(where: { isNeeded[$0.index] && known[$0] == nil }) {
      for operand in node.operands { isNeeded[operand.index] = true }
    }
    var tensors = known
    for node in tape.nodes
    where node.results.contains(where: { isNeeded[$0.index] && known[$0] == nil }) {
      let results = append(
        node.op, node.operands.compactMap { tensors[$0] }, node.attributes,
        types: node.results.map(tape.type(of:)), origin: node.provenance.origin)
      for (value, tensor) in zip(node.results, results) where tensors[value] == nil {
        tensors[value] = tensor
      }
    }
    return tensors
  }
}

extension TensorHandle {
  /// How a recipe that is recorded now refers to this operand.
  fileprivate var link: Recipe.Operand {
    let isConnected = !tracking.isEmpty || keepsHistory || !slot.wasEvaluated
    return Recipe.Operand(
      slot: slot, recipe: isConnected ? recipe : nil, result: result, tracking: tracking)
  }
}

extension Op {
  /// The first operand whose element type a literal takes: not a predicate.
  fileprivate func firstValueOperand(_ count: Int) -> Int { self == .select ? 1 : 0 }
}

extension LiteralScalar {
  /// The type that holds literals of different kinds: `f32` for numbers, nil where there is one kind
  /// alone, or none that holds both.
  fileprivate static func commonType(_ literals: [LiteralScalar]) -> DType? {
    Set(literals.map(\.naturalType)) == [.i32, .f32] ? .f32 : nil
  }

  /// The literal as a value of the type.
  ///
  /// - Throws: where the type does not hold it: a fraction as an integer, an integer that does not
  ///   fit, a number as `bool`.
  func value(as dtype: DType) throws(TensorError) -> ScalarValue {
    switch self {
    case .integer(let value):
      if let exact = ScalarValue(dtype, exactly: value) { return exact }
      if dtype.isFloating { return ScalarValue(dtype, wrapping: value) }
      throw .elementType(expected: dtype.name, found: description)
    case .floating(let value):
      if dtype.isFloating { return ScalarValue(dtype, rounding: value) }
      throw .elementType(expected: dtype.name, found: description)
    case .boolean(let value):
      if dtype == .bool { return ScalarValue(value) }
      throw .elementType(expected: dtype.name, found: description)
    }
  }
}
