import DeviceRuntime
import ScalarIR
import TapeIR

extension Tensor {
  /// The results of an op, recorded; where the operands do not fit, tensors that carry the error.
  ///
  /// Literals take the element type of the first operand that is none, and operands of different
  /// shapes broadcast where the op allows it.
  static func record(
    _ op: Op, _ operands: [Tensor], _ attributes: Attributes = .none,
    location: SourceLocation? = nil
  ) -> [Tensor] {
    let provenance = Provenance(
      location: location.map {
        Provenance.Location(file: $0.file, line: $0.line, column: $0.column)
      }, origin: op.name)
    do throws(TensorError) {
      let settled = try settleLiterals(op, operands)
      let fitted = op.broadcastsOperands ? try broadcastTogether(op, settled, provenance) : settled
      var types: [TensorType] = []
      types.reserveCapacity(fitted.count)
      for operand in fitted { types.append(try operand.tensorType) }
      let resultTypes: [TensorType]
      do {
        resultTypes = try op.checkedTypes(types, attributes)
      } catch {
        throw TensorError(
          TapeError.constraint(
            op: op.name, operands: types, violation: error, provenance: provenance))
      }
      return append(op, fitted, attributes, types: resultTypes, provenance: provenance)
    } catch {
      return [Tensor(failure: error)]
    }
  }

  /// The single result of an op.
  static func apply(
    _ op: Op, _ operands: Tensor..., attributes: Attributes = .none,
    location: SourceLocation? = nil
  ) -> Tensor {
    record(op, operands, attributes, location: location)[0]
  }

  /// Records an op whose operands have been checked.
  static func append(
    _ op: Op, _ operands: [Tensor], _ attributes: Attributes, types: [TensorType],
    provenance: Provenance
  ) -> [Tensor] {
    var tracking: [Tracking] = []
    var depth = 0
    var slots: [Slot] = []
    slots.reserveCapacity(operands.count)
    var links: [Recipe.Operand] = []
    links.reserveCapacity(operands.count)
    for operand in operands {
      let handle = operand.handle
      slots.append(handle.slot)
      depth = Swift.max(depth, handle.slot.pendingDepth)
      links.append(handle.link)
      for item in handle.tracking where !tracking.contains(where: { $0 === item }) {
        tracking.append(item)
      }
    }
    for item in tracking {
      for case .leaf(let leaf) in links { if let slot = leaf.slot { item.retain(slot) } }
    }
    let recipe = Recipe(
      op: op, attributes: attributes, operands: links, types: types, provenance: provenance,
      tracking: tracking)
    let results = types.indices.map { number in
      let slot = Slot(
        types[number], .pending(recipe, result: number, operands: slots), depth: depth + 1)
      recipe.setOutput(number, to: slot)
      return Tensor(TensorHandle(slot, recipe: recipe, result: number, tracking: tracking))
    }
    for result in results { Runtime.shared.noteRecorded(result) }
    return results
  }

  /// Literals as constants of the element type that the other operands have; among themselves, of
  /// a type that holds all of them.
  private static func settleLiterals(
    _ op: Op, _ operands: [Tensor]
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
      settled[number] = Tensor(constant: value)
    }
    return settled
  }

  /// The operands broadcast to one shape by NumPy's rule.
  private static func broadcastTogether(
    _ op: Op, _ operands: [Tensor], _ provenance: Provenance
  ) throws(TensorError) -> [Tensor] {
    var types: [TensorType] = []
    for operand in operands { types.append(try operand.tensorType) }
    guard types.dropFirst().contains(where: { $0.shape != types[0].shape }) else {
      return operands
    }
    var common: Shape? = types[0].shape
    for type in types.dropFirst() { common = common?.broadcast(with: type.shape) }
    guard let shape = common else {
      throw TensorError(
        .constraint(
          op: op.name, operands: types,
          violation: ConstraintViolation(
            "C2",
            "\(op.name) needs operands whose shapes broadcast, found "
              + types.map(\.description).joined(separator: " and ")), provenance: provenance))
    }
    return operands.map { $0.broadcast(toShape: shape) }
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
        types: node.results.map(tape.type(of:)), provenance: node.provenance)
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
    if let recipe {
      if !tracking.isEmpty || keepsHistory { return .result(recipe, result) }
      if case .pending = slot.current { return .result(recipe, result) }
    }
    return .leaf(WeakSlot(slot))
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

/// A place in the user's source.
public struct SourceLocation: Hashable, Sendable {
  public let file: String
  public let line: Int
  public let column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }
}
