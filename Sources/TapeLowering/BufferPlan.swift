import LoopIR
import ScalarIR
import TapeIR
import TapePasses

/// Which buffer holds each value of a fused tape that has one.
struct BufferPlan {
  private(set) var declarations: [BufferDeclaration] = []
  private var owners: [Value: BufferID] = [:]

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
        for value in node.results where fused.groups[group].outputs.contains(value) {
          owners[value] = declare(
            tape.names[value.index], tape.type(of: value),
            role: isResult.contains(value) ? .output : .temporary(offset: nil))
        }
      }
    }
  }

  private mutating func declare(
    _ name: String?, _ type: TensorType, role: BufferDeclaration.Role
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
    while declarations.contains(where: { $0.name == unique }) { unique += "_" }
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
