import ScalarIR
import TapeIR
import TapePasses

extension Tensor {
  /// The gradient of this tensor by `variable`, recorded lazily.
  ///
  /// The tensor may have been computed from the variable in any number of steps, evaluated or not,
  /// as long as no step started from an intermediate result that had been evaluated before; `grad`
  /// and `tracked()` lift that restriction.
  ///
  /// - Parameter seed: the cotangent to start with, of this tensor's type; ones without it, which
  ///   gives the gradient of the sum of the elements.
  /// - Returns: a tensor of the variable's type.
  /// - Throws: `notConnected` where no path leads from this tensor to the variable,
  ///   `historyReleased` where a value that is needed has been let go, `noGradient`.
  public func gradient(
    withRespectTo variable: Tensor, seed: Tensor? = nil
  ) throws(TensorError) -> Tensor {
    try gradients(withRespectTo: [variable], seed: seed)[0]
  }

  /// The gradients of this tensor by each of `variables`, which share their computation.
  ///
  /// - Throws: as `gradient(withRespectTo:seed:)`.
  public func gradients(
    withRespectTo variables: [Tensor], seed: Tensor? = nil
  ) throws(TensorError) -> [Tensor] {
    let found = try cotangents(of: [self], seeds: [seed], withRespectTo: variables)
    var gradients: [Tensor] = []
    for (number, gradient) in found.enumerated() {
      guard let gradient else {
        throw .notConnected(
          "variable \(number) (\(try variables[number].tensorType)) does not lead to the tensor "
            + "(\(try tensorType)): they are not connected, or the path was cut by an evaluation")
      }
      gradients.append(gradient)
    }
    return gradients
  }

  /// The same tensor, but what is recorded from it stays connected to it when it is evaluated, until
  /// `detached()`.
  public func tracked() -> Tensor {
    let isTracked = handle.tracking.contains { $0 === Tracking.user }
    return Tensor(
      TensorHandle(
        handle.slot, recipe: handle.recipe, result: handle.result,
        tracking: isTracked ? handle.tracking : handle.tracking + [.user]))
  }

  /// The same tensor without its history: gradients end here.
  ///
  /// In a function that is differentiated it is a constant: JAX's and TensorFlow's stop_gradient.
  public func detached() -> Tensor {
    guard handle.literal == nil, let type = handle.slot.type else { return self }
    // A slot of its own, so that a gradient by this tensor does not find the other one.
    if let buffer = handle.slot.buffer { return Tensor(buffer, type) }
    let copy = Tensor.append(
      .reshape, [self], [.shape: .dims(type.shape.dims)], types: [type], origin: "detached")[0]
    return Tensor(TensorHandle(copy.handle.slot))
  }
}

/// The cotangents of `variables`, given those of `outputs` (ones where nil); nil for a variable to
/// which no path leads.
func cotangents(
  of outputs: [Tensor], seeds: [Tensor?], withRespectTo variables: [Tensor]
) throws(TensorError) -> [Tensor?] {
  for output in outputs {
    let type = try output.tensorType
    if !type.dtype.isFloating {
      throw .noGradient("a gradient needs a floating result, found \(type)")
    }
  }
  let history = try History(
    outputs.map(\.handle), variables: variables.map(\.handle), extras: seeds.compactMap { $0 })
  var extras = history.extras.makeIterator()
  let tapeSeeds = seeds.map { $0 == nil ? Seed.ones : extras.next().map(Seed.value) ?? .ones }
  let places = variables.map { history.values(of: $0.handle) }
  let extended: Tape
  let gradients: [Value?]
  do {
    (extended, gradients) = try history.tape.appendingVJP(
      outputs: history.roots, seeds: tapeSeeds, withRespectTo: places.flatMap { $0 })
  } catch {
    throw TensorError(error)
  }
  let recorded = Tensor.replay(extended, gradients.compactMap { $0 }, known: history.known)
  var remaining = gradients[...]
  return places.map { values in
    let parts = remaining.prefix(values.count).compactMap { $0.flatMap { recorded[$0] } }
    remaining = remaining.dropFirst(values.count)
    return parts.dropFirst().reduce(parts.first) { sum, part in
      sum.map { Tensor.apply(.add, $0, part) }
    }
  }
}

/// A function that gives the value of `function` and its gradient by the tensors of its argument.
///
///     let (loss, gradient) = try valueAndGrad(of: { (model: MLP) in model.loss(batch) })(model)
///
/// The result is a record of the argument's type that holds gradients in the places of the
/// parameters, zeros where a parameter is not used. The function may read values and branch on them.
///
/// - Returns: a function that throws `noGradient` where the value has more than one element or is
///   not floating, and what `function` throws.
public func valueAndGrad<Parameters: TensorRecord>(
  of function: @escaping (Parameters) throws -> Tensor
) -> (Parameters) throws -> (value: Tensor, gradient: Parameters) {
  { parameters in
    let arguments = try DifferentiatedArguments(parameters)
    let value = try function(arguments.record)
    let type = try value.tensorType
    if type.shape.elementCount != 1 {
      throw TensorError.noGradient("grad needs a function with one value, found \(type)")
    }
    let gradients = try arguments.cotangents(of: [value], seeds: [nil])
    return (arguments.released(value), parameters.replacingTensors(with: gradients))
  }
}

/// A function that gives the gradient of `function` by the tensors of its argument.
///
/// - Returns: a function that throws as that of `valueAndGrad(of:)`.
public func grad<Parameters: TensorRecord>(
  of function: @escaping (Parameters) throws -> Tensor
) -> (Parameters) throws -> Parameters {
  { parameters in try valueAndGrad(of: function)(parameters).gradient }
}

/// The value of `function` at `parameters`, and the function that takes a cotangent of the value to
/// the cotangents of the parameters: the vector-Jacobian product.
///
/// - Throws: what `function` throws, `noGradient`, `historyReleased`.
public func vjp<Parameters: TensorRecord, Output: TensorRecord>(
  of function: (Parameters) throws -> Output, at parameters: Parameters
) throws -> (value: Output, pullback: (Output) throws -> Parameters) {
  let arguments = try DifferentiatedArguments(parameters)
  let value = try function(arguments.record)
  return (
    value.mapTensors { arguments.released($0) },
    { cotangent in
      let gradients = try arguments.cotangents(of: value.tensors, seeds: cotangent.tensors)
      return parameters.replacingTensors(with: gradients)
    }
  )
}
