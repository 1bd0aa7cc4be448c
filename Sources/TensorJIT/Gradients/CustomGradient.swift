import ScalarIR
import TapeIR

/// `function` with a gradient of its own, such as one that is more accurate, cheaper, or deliberately
/// another: straight-through estimators, clipped gradients, implicit differentiation.
///
///     let clipped = withCustomGradient(
///       of: { (x: Tensor) in x },
///       pullback: { _, _, cotangent in minimum(maximum(cotangent, -1), 1) })
///
/// The function is evaluated as it is; derivatives of what comes out go through the pullback only.
/// Tensors from outside of both are constants.
///
/// - Parameter pullback: the cotangents of the input's tensors, from the input, the output and the
///   cotangents of the output's tensors. It is recorded anew for each derivative, must not read
///   values, and is differentiated in turn for derivatives of higher order.
/// - Returns: a function that throws what `function` throws. Derivatives of it throw `noGradient`
///   where the pullback throws or yields tensors of other types than the input's.
public func withCustomGradient<
  Input: TensorRecord & Sendable, Output: TensorRecord & Sendable
>(
  of function: @escaping (Input) throws -> Output,
  pullback:
    @escaping @Sendable (_ input: Input, _ output: Output, _ cotangent: Output) throws ->
    Input
) -> (Input) throws -> Output {
  { input in
    let output = try function(input.mapTensors { $0.detached() })
    let (inputs, outputs) = (input.tensors, output.tensors)
    let rule = CustomPullback(input: input, output: output, pullback: pullback)
    var wrapped: [Tensor] = []
    for (number, tensor) in outputs.enumerated() {
      wrapped += Tensor.append(
        .withGradient { builder, context throws(TapeError) in
          try rule.cotangents(ofOutput: number, context, &builder)
        }, [tensor] + inputs + outputs, .none, types: [try tensor.tensorType])
    }
    return output.replacingTensors(with: wrapped)
  }
}

/// A pullback of the user's as a gradient rule of the op that stands for one of the outputs.
private struct CustomPullback<
  Input: TensorRecord & Sendable, Output: TensorRecord & Sendable
>: Sendable {
  /// What the function was given and gave: the structure of what the pullback is given.
  let input: Input
  let output: Output
  let pullback: @Sendable (Input, Output, Output) throws -> Input

  /// The cotangents of the op's operands: the output itself, the inputs, all outputs.
  func cotangents(
    ofOutput number: Int, _ context: GradientContext, _ builder: inout TapeBuilder
  ) throws(TapeError) -> [Value?] {
    var all = [Value?](repeating: nil, count: context.operands.count)
    guard let cotangent = context.cotangents[0] else { return all }
    let inputCount = input.tensors.count
    let given = Array(context.operands.dropFirst()) + [cotangent]
    let gradients = try Tensor.recording(given, &builder) { tensors throws(TensorError) in
      let inputs = Array(tensors.prefix(inputCount))
      let outputs = Array(tensors.dropFirst(inputCount).dropLast())
      var cotangents: [Tensor] = []
      for (place, output) in outputs.enumerated() {
        let type = try output.tensorType
        cotangents.append(
          place == number
            ? tensors[tensors.count - 1] : Tensor(constant: .zero(type.dtype), type.shape))
      }
      let found: Input
      do {
        found = try pullback(
          input.replacingTensors(with: inputs), output.replacingTensors(with: outputs),
          output.replacingTensors(with: cotangents))
      } catch {
        throw (error as? TensorError) ?? .noGradient("the pullback threw \(error)")
      }
      return found.tensors
    }
    guard gradients.count == inputCount else {
      throw .gradient(
        "a pullback needs a cotangent for each of the \(inputCount) tensors of the input, found "
          + "\(gradients.count)", provenance: builder.provenance)
    }
    for (place, gradient) in gradients.enumerated() {
      let operand = context.operands[1 + place]
      let (expected, found) = (builder.type(of: operand), builder.type(of: gradient))
      if !expected.dtype.isFloating { continue }
      if found != expected {
        throw .gradient(
          "a pullback needs a cotangent of the input's type \(expected), found \(found)",
          provenance: builder.provenance)
      }
      all[1 + place] = gradient
    }
    return all
  }
}

extension Op {
  /// An op that is its first operand, with a gradient of its own by all of them.
  static func withGradient(_ rule: @escaping GradientRule) -> Op {
    Op(
      "custom-gradient", summary: "its first operand, with a gradient of its own",
      kind: .movement, constraints: ["C1 y is the first operand."], arity: .atLeast(1),
      isTransparent: true,
      infer: { types, _ in [types[0]] },
      family: { types, _ in
        .movement(
          .mapped([
            Movement.Piece(
              operand: 0,
              coordinates: types[0].shape.dims.indices.map { Movement.Coordinate(axis: $0) })
          ]))
      },
      gradient: .rule(rule))
  }
}

extension Tensor {
  /// What `body` records from tensors that stand for values of a tape, as values of that tape.
  ///
  /// Tensors from outside become constants, with the values that they have.
  ///
  /// - Throws: `TapeError.gradient` with what the body throws.
  static func recording(
    _ values: [Value], _ builder: inout TapeBuilder,
    _ body: ([Tensor]) throws(TensorError) -> [Tensor]
  ) throws(TapeError) -> [Value] {
    let arguments = values.map { value in
      Tensor(TensorHandle(Slot(builder.type(of: value), .abstract, dependsOnArgument: true)))
    }
    let results: [Tensor]
    let capture: Capture
    var literals: [Int: Literal] = [:]
    do {
      results = try body(arguments)
      capture = try Capture(tracing: results.map(\.handle.slot))
      for (number, leaf) in capture.leaves.enumerated() where leaf.wasEvaluated {
        literals[number] = try Tensor(TensorHandle(leaf)).literal()
      }
    } catch {
      throw .gradient("\(error)", provenance: builder.provenance)
    }
    var inputs: [Value] = []
    for (number, leaf) in capture.leaves.enumerated() {
      if let argument = arguments.firstIndex(where: { $0.handle.slot === leaf }) {
        inputs.append(values[argument])
      } else if let literal = literals[number] {
        inputs.append(try builder.literal(literal))
      } else {
        throw .gradient(
          "a pullback refers to an argument of a function that is traced outside of it",
          provenance: builder.provenance)
      }
    }
    let found = try builder.inline(try capture.tape(), inputs)
    return results.map { result in
      let place = capture.outputs.firstIndex { $0 === result.handle.slot } ?? 0
      return found[place]
    }
  }
}
