import LoopIR
import ScalarIR
import TapeIR
import TapePasses

/// Which buffer holds each value of a fused tape that has one.
struct BufferPlan {
  private(set) var declarations: [BufferDeclaration] = []
  private var owners: [Value: BufferID] = [:]
  private var names: Set<String> = []

  subscript(value: Value) -> BufferID? { owners[value] }

  /// Buffers for parameters, constants and the groups' outputs; what shares memory shares a buffer.
  init(_ fused: FusedTape) {
    let tape = fused.tape
    for (number, parameter) in tape.parameterList.enumerated() {
      owners[tape.parameters[number]] = declare(
        parameter.name, parameter.type, role: .input(number))
    }
    // A result that is a reshaped value makes that value's buffer one that leaves the program.
    var isResult = Set<Value>()
    for result in tape.results { isResult.insert(fused.owner(of: result.value)) }
    declareValues(fused) { isResult.contains($0) ? .output : .temporary(offset: nil) }
  }

  /// The same for a body, beside the buffers of the program around it.
  ///
  /// - Parameters:
  ///   - parameters: the buffers that the body's parameters are.
  ///   - results: where its results go, as far as they are wanted. A result that the body computes
  ///     is computed there; what else is a result has to be copied.
  init(
    _ fused: FusedTape, inside outer: BufferPlan, parameters: [BufferID], results: [BufferID?]
  ) {
    declarations = outer.declarations
    names = outer.names
    let tape = fused.tape
    for (parameter, buffer) in zip(tape.parameters, parameters) { owners[parameter] = buffer }
    var targets: [Value: BufferID] = [:]
    for (result, buffer) in zip(tape.results, results) {
      let owner = fused.owner(of: result.value)
      if let buffer, targets[owner] == nil { targets[owner] = buffer }
    }
    for (number, node) in tape.nodes.enumerated() {
      guard case .grouped = fused.roles[number] else { continue }
      for value in node.results { owners[value] = targets[value] }
    }
    declareValues(fused) { _ in .temporary(offset: nil) }
  }

  /// Takes over what a body has declared.
  mutating func adopt(_ inner: BufferPlan) {
    declarations = inner.declarations
    names = inner.names
  }

  private mutating func declareValues(
    _ fused: FusedTape, role: (Value) -> BufferDeclaration.Role
  ) {
    let tape = fused.tape
    for (number, node) in tape.nodes.enumerated() {
      switch fused.roles[number] {
      case .inlined: break
      case .alias: owners[node.firstResult] = owners[fused.owner(of: node.firstResult)]
      case .constant:
        if case .source(.constant(let literal)) = tape.family(of: node) {
          owners[node.firstResult] = declare(
            nil, tape.type(of: node.firstResult), role: .constant(literal))
        }
      case .grouped(let group):
        for value in node.results
        where owners[value] == nil && fused.groups[group].outputs.contains(value) {
          owners[value] = declare(
            tape.names[value.index], tape.type(of: value), role: role(value))
        }
      }
    }
  }

  mutating func declare(
    _ name: String?, _ type: TensorType,
    role: BufferDeclaration.Role = .temporary(offset: nil)
  ) -> BufferID {
    declare(name, type.dtype, count: Index(type.shape.elementCount), role: role)
  }

  /// A further buffer, such as the partial results of a reduction.
  mutating func declare(
    _ name: String?, _ dtype: DType, count: Index,
    role: BufferDeclaration.Role = .temporary(offset: nil)
  ) -> BufferID {
    let id = BufferID(declarations.count)
    var unique = name ?? "b\(id.index)"
    while !names.insert(unique).inserted { unique += "_" }
    declarations.append(BufferDeclaration(name: unique, dtype: dtype, count: count, role: role))
    return id
  }
}

extension FusedTape {
  /// The value whose buffer the value shares: itself unless it is an alias.
  func owner(of value: Value) -> Value {
    var value = value
    while let number = tape.producer(of: value), roles[number] == .alias {
      value = tape.nodes[number].operands[0]
    }
    return value
  }
}
