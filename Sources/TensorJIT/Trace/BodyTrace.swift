import DeviceRuntime
import ScalarIR
import TapeIR

/// Functions of tensors traced for the bodies of one op, with what they use from outside.
///
/// A function runs once, on arguments that have types and no values. What it computes from these
/// becomes the body; everything else that it uses, however that was computed, becomes an operand that
/// the bodies share, so it is computed once, outside. Constants stand in the body itself.
struct BodyTrace {
  /// The arguments of one function, and the tensors that it gave.
  struct Function {
    let arguments: [Slot]
    let outputs: [Tensor]
  }

  /// The tensors from outside that the functions use, the same for all bodies.
  private(set) var captured: [Tensor] = []
  private let functions: [Function]
  private var capturedSlots: [ObjectIdentifier: Int] = [:]
  /// Whether each pending slot that was looked at is computed in the bodies, because it depends on an
  /// argument or was recorded by a function.
  private var depends: [ObjectIdentifier: Bool] = [:]
  /// What is recorded from this number on belongs to the functions, also where it depends on no
  /// argument.
  private let start: Int

  /// Arguments of the given types, on a device.
  static func arguments(_ types: [TensorType], on device: DeviceName? = nil) -> [Slot] {
    types.map { Slot($0, .abstract, dependsOnArgument: true, device: device) }
  }

  /// - Parameter start: a recipe's number; what is recorded from there on is computed in the bodies,
  ///   though it depend on no argument.
  /// - Throws: the error of a tensor that carries one.
  /// - Complexity: linear in the recorded ops; not recursive.
  init(_ functions: [Function], from start: Int = .max) throws(TensorError) {
    self.functions = functions
    self.start = start
    for function in functions {
      for slot in function.arguments { depends[ObjectIdentifier(slot)] = true }
    }
    for function in functions {
      for output in function.outputs { try findDependences(output.handle.slot) }
    }
    for function in functions { findCaptured(function) }
  }

  /// Finds out for a slot, and those behind it, whether they depend on an argument.
  private mutating func findDependences(_ root: Slot) throws(TensorError) {
    var stack = [root]
    while let slot = stack.last {
      let key = ObjectIdentifier(slot)
      if depends[key] != nil {
        stack.removeLast()
        continue
      }
      switch slot.current {
      case .failed(let error): throw error
      case .value, .constant, .abstract, .released: depends[key] = false
      case .pending(let recipe, _) where recipe.serial < start && !slot.dependsOnArgument:
        depends[key] = false
      case .pending(let recipe, _):
        let operands = recipe.operands.map(\.slot)
        let unknown = operands.filter { depends[ObjectIdentifier($0)] == nil }
        if unknown.isEmpty {
          depends[key] =
            recipe.serial >= start || operands.contains { depends[ObjectIdentifier($0)] == true }
        } else {
          stack += unknown
        }
      }
    }
  }

  /// Collects the tensors from outside that a function uses.
  private mutating func findCaptured(_ function: Function) {
    var seen: Set<ObjectIdentifier> = []
    var stack = function.outputs.reversed().map { (slot: $0.handle.slot, handle: $0.handle) }
    while let (slot, handle) = stack.popLast() {
      let key = ObjectIdentifier(slot)
      guard seen.insert(key).inserted else { continue }
      guard depends[key] == true else {
        if !slot.isConstant, capturedSlots[key] == nil {
          capturedSlots[key] = captured.count
          captured.append(Tensor(handle))
        }
        continue
      }
      guard case .pending(let recipe, _) = slot.current else { continue }
      for operand in recipe.operands.reversed() { stack.append((operand.slot, operand.handle)) }
    }
  }

  /// The body of a function: it takes the first `leading` of the function's arguments, then what was
  /// captured, then the other arguments, and gives the outputs, after the first `leading` of which
  /// what was captured is handed on where that is asked for.
  func body(
    of number: Int, named name: String, leading: Int, handsOnCaptured: Bool
  ) throws(TensorError) -> Body {
    let function = functions[number]
    var builder = TapeBuilder(name: name)
    var values: [ObjectIdentifier: Value] = [:]
    var nodes: [ObjectIdentifier: [Value]] = [:]
    func enter(_ slots: ArraySlice<Slot>, _ prefix: String, _ builder: inout TapeBuilder)
      -> [Value]
    {
      let entered = builder.parameters(prefix, slots.compactMap(\.type))
      for (slot, value) in zip(slots, entered) { values[ObjectIdentifier(slot)] = value }
      return entered
    }
    _ = enter(function.arguments[..<leading], "a", &builder)
    let outer = enter(captured.map(\.handle.slot)[...], "w", &builder)
    _ = enter(function.arguments[leading...], "x", &builder)
    var stack = Array(function.outputs.map(\.handle.slot).reversed())
    while let slot = stack.last {
      let key = ObjectIdentifier(slot)
      if values[key] != nil {
        stack.removeLast()
        continue
      }
      if case .constant(let value) = slot.current, let shape = slot.type?.shape {
        do { values[key] = try builder.splat(value, shape) } catch { throw TensorError(error) }
        continue
      }
      guard case .pending(let recipe, let result) = slot.current else {
        // It was evaluated, or failed, on another thread since it was looked at.
        throw .failure("a tensor of a traced function changed while the function was traced")
      }
      if DeviceMove.target(of: recipe.op) != nil {
        throw .failure(
          "a tensor is moved to another device inside of a loop or a branch; move it outside")
      }
      let operands = recipe.operands.map(\.slot)
      let unknown = operands.filter { values[ObjectIdentifier($0)] == nil }
      guard unknown.isEmpty else {
        stack += unknown
        continue
      }
      let all =
        nodes[ObjectIdentifier(recipe)]
        ?? builder.add(
          recipe.op, operands.compactMap { values[ObjectIdentifier($0)] }, recipe.attributes,
          types: recipe.outputs.compactMap(\.type), provenance: recipe.provenance)
      nodes[ObjectIdentifier(recipe)] = all
      values[key] = all[result]
    }
    let outputs = function.outputs.compactMap { values[ObjectIdentifier($0.handle.slot)] }
    let count = handsOnCaptured ? leading : outputs.count
    return builder.body(
      outputs.prefix(count) + (handsOnCaptured ? outer : []) + outputs.dropFirst(count))
  }
}

extension Slot {
  /// Whether it is computed from nothing.
  fileprivate var isConstant: Bool {
    switch current {
    case .constant: true
    case .pending(let recipe, _): recipe.operands.isEmpty
    case .value, .abstract, .failed, .released: false
    }
  }
}

extension Recipe.Operand {
  /// A handle of the operand, which a pending slot holds, that keeps what it is connected to.
  fileprivate var handle: TensorHandle {
    TensorHandle(
      slot, recipe: recipe, result: result, tracking: tracking, keepsHistory: recipe != nil)
  }
}
