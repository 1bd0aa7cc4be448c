import TapeIR

/// The tape that `jit` compiles for a function and arguments of the types of `input`'s: a parameter
/// for each tensor of `input` and a result for each one of the output, named by their paths.
///
/// - Throws: `TensorError.failure` where the function uses tensors from outside, besides what it does
///   itself.
package func tracedTape<Input: TensorRecord, Output: TensorRecord>(
  of function: (Input) throws -> Output, named name: String, at input: Input
) throws -> Tape {
  let named = input.namedTensors
  var builder = TapeBuilder(name: name)
  var arguments: [Tensor] = []
  var parameters: [Value] = []
  for (path, tensor) in named {
    let type = try tensor.tensorType
    arguments.append(
      Tensor(TensorHandle(Slot(type, .abstract, dependsOnArgument: true, device: .cpu))))
    parameters.append(builder.parameter(tapeName(path, else: "x"), type))
  }
  let output = try function(input.replacingTensors(with: arguments))
  let results = output.namedTensors
  let capture = try Capture(tracing: results.map(\.tensor.handle.slot))
  var operands: [Value] = []
  for leaf in capture.leaves {
    guard let number = arguments.firstIndex(where: { $0.handle.slot === leaf }) else {
      throw TensorError.failure("\(name) uses a tensor from outside")
    }
    operands.append(parameters[number])
  }
  let values = try builder.inline(try capture.tape(), operands)
  return builder.finish(
    results.compactMap { path, tensor in
      capture.outputs.firstIndex { $0 === tensor.handle.slot }.map {
        Tape.Result(name: tapeName(path, else: "y"), value: values[$0])
      }
    })
}

/// The path of a tensor in a record as a name in a tape.
private func tapeName(_ path: String, else name: String) -> String {
  path.isEmpty ? name : path.split(separator: ".").joined(separator: "-")
}
