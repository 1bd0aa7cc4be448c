import ScalarIR
import TapeIR

/// Arguments of a function that is being differentiated: the same values under an identity of their
/// own, tracked, so that the function may read values and branch on them.
final class DifferentiatedArguments<Record: TensorRecord> {
  let tracking = Tracking(retainsLeaves: true)
  let record: Record
  let variables: [Tensor]

  init(_ original: Record) throws(TensorError) {
    var variables: [Tensor] = []
    for tensor in original.tensors {
      let type = try tensor.tensorType
      let copy = Tensor.append(
        .reshape, [tensor], [.shape: .dims(type.shape.dims)], types: [type],
        origin: "argument")[0].handle
      if let buffer = tensor.handle.slot.buffer { copy.slot.publish(buffer) }
      tracking.retain(tensor.handle.slot)
      variables.append(
        Tensor(
          TensorHandle(
            copy.slot, recipe: copy.recipe, result: copy.result,
            tracking: copy.tracking + [tracking])))
    }
    self.variables = variables
    record = original.replacingTensors(with: variables)
  }

  deinit { tracking.releaseLeaves() }

  /// Ones of a type, tracked by this function.
  func tracked(one type: TensorType) -> Tensor {
    Tensor(
      TensorHandle(
        Slot(type, .constant(.one(type.dtype))), tracking: [tracking]))
  }

  /// The tensor without this function's tracking; others' stays.
  func released(_ tensor: Tensor) -> Tensor {
    let handle = tensor.handle
    return Tensor(
      TensorHandle(
        handle.slot, recipe: handle.recipe, result: handle.result,
        tracking: handle.tracking.filter { $0 !== tracking }))
  }

  /// The cotangents of the arguments, zeros where an argument is not used.
  func cotangents(of outputs: [Tensor], seeds: [Tensor?]) throws(TensorError) -> [Tensor] {
    let found = try TensorJIT.cotangents(of: outputs, seeds: seeds, withRespectTo: variables)
    var all: [Tensor] = []
    for (variable, cotangent) in zip(variables, found) {
      let type = try variable.tensorType
      all.append(
        released(
          cotangent ?? Tensor(constant: .zero(type.dtype), type.shape)))
    }
    return all
  }
}
