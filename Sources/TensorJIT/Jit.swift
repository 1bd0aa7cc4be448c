import DeviceRuntime
import TapeIR

/// A function that traces `function` once for each combination of argument types, compiles what it
/// recorded, and from then on runs the compiled program.
///
/// Only tensors vary from call to call: whatever else the function depends on — numbers, flags, the
/// structure of its argument — is what it was at the first call. Tensors from outside become inputs
/// of the program, with the values that they had then. Reading a value inside throws
/// `TensorError.traced`. Where its arguments, or tensors from outside, are being traced or
/// differentiated themselves, it records its ops like any other function.
public func jit<Input: TensorRecord, Output: TensorRecord>(
  _ function: @escaping (Input) throws -> Output
) -> (Input) throws -> Output {
  let traced = TracedFunction(function)
  return { try traced($0) }
}

/// `jit` for a function of two arguments.
public func jit<First: TensorRecord, Second: TensorRecord, Output: TensorRecord>(
  _ function: @escaping (First, Second) throws -> Output
) -> (First, Second) throws -> Output {
  let traced = TracedFunction { (pair: Pair<First, Second>) in
    try function(pair.first, pair.second)
  }
  return { try traced(Pair($0, $1)) }
}

/// `jit` for a function of three arguments.
public func jit<
  First: TensorRecord, Second: TensorRecord, Third: TensorRecord, Output: TensorRecord
>(
  _ function: @escaping (First, Second, Third) throws -> Output
) -> (First, Second, Third) throws -> Output {
  let traced = TracedFunction { (all: Pair<First, Pair<Second, Third>>) in
    try function(all.first, all.second.first, all.second.second)
  }
  return { try traced(Pair($0, Pair($1, $2))) }
}

/// A function and the programs that it was compiled to.
private final class TracedFunction<Input: TensorRecord, Output: TensorRecord> {
  private let function: (Input) throws -> Output
  private var programs: [Signature: Program] = [:]

  /// What a trace depends on: the types of the arguments, and the device that they are on.
  private struct Signature: Hashable {
    var types: [TensorType]
    var device: DeviceName?
  }

  /// What one trace gave.
  private struct Program {
    let compiled: CompiledTape
    /// For each parameter of the tape, the argument that it is, or the tensor from outside.
    let bindings: [Binding]
    /// The output, whose tensors are replaced by a call's results.
    let template: Output
    /// For each tensor of the output, the result that it is.
    let results: [Int]
  }

  private enum Binding {
    case argument(Int)
    case captured(TensorHandle)
  }

  init(_ function: @escaping (Input) throws -> Output) { self.function = function }

  func callAsFunction(_ input: Input) throws -> Output {
    let arguments = input.tensors
    var types: [TensorType] = []
    for argument in arguments {
      types.append(try argument.tensorType)
      if argument.handle.slot.dependsOnArgument { return try function(input) }
      if !argument.handle.tracking.isEmpty { return try function(input) }
    }
    do {
      try eval(arguments)
    } catch {
      // What depends on an argument of an outer trace has no value: it is traced with it.
      if case .traced = error { return try function(input) }
      throw error
    }
    let device = try Tensor.commonDevice(arguments)
    let signature = Signature(types: types, device: device)
    let program: Program
    if let known = programs[signature] {
      program = known
      Runtime.shared.noteCacheHit()
    } else {
      guard let traced = try trace(input, signature) else { return try function(input) }
      program = traced
      programs[signature] = program
    }
    let inputs = program.bindings.compactMap { binding in
      switch binding {
      case .argument(let number): arguments[number].handle.slot.buffer
      case .captured(let handle): handle.slot.buffer
      }
    }
    let buffers = try Runtime.shared.run(program.compiled, inputs)
    let templates = program.template.tensors
    var outputs: [Tensor] = []
    for (number, result) in program.results.enumerated() {
      outputs.append(Tensor(buffers[result], try templates[number].tensorType))
    }
    return program.template.replacingTensors(with: outputs)
  }

  /// The function as a program; nil where it uses a tensor from outside that is being traced or
  /// differentiated, with which what it gives has to stay connected.
  private func trace(_ input: Input, _ signature: Signature) throws -> Program? {
    Runtime.shared.noteTrace()
    let arguments = signature.types.map { type in
      Tensor(
        TensorHandle(
          Slot(type, .abstract, dependsOnArgument: true, device: signature.device)))
    }
    let output = try function(input.replacingTensors(with: arguments))
    if output.tensors.contains(where: { !$0.handle.tracking.isEmpty }) { return nil }
    let roots = output.tensors.map(\.handle.slot)
    let capture = try Capture(tracing: roots)
    let bindings = capture.leaves.map { leaf in
      arguments.firstIndex { $0.handle.slot === leaf }.map(Binding.argument)
        ?? .captured(TensorHandle(leaf))
    }
    for case .captured(let handle) in bindings where handle.slot.buffer == nil { return nil }
    return Program(
      compiled: try Runtime.shared.compiled(capture, on: signature.device ?? capture.device),
      bindings: bindings, template: output,
      results: roots.compactMap { root in capture.outputs.firstIndex { $0 === root } })
  }
}
