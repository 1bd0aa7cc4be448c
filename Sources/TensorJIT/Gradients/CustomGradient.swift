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
/// Tensors from outside of the pullback are constants of it, and part of the program: what changes
/// from call to call belongs into the input.
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
    if outputs.isEmpty { return output }
    let rule = CustomPullback(
      input: try input.withoutValues(), output: try output.withoutValues(), pullback: pullback)
    let op = Op.withGradient(results: outputs.count) { builder, context throws(TapeError) in
      try rule.cotangents(context, &builder)
    }
    return output.replacingTensors(
      with: Tensor.append(op, outputs + inputs, .none, types: try output.tensorTypes()))
  }
}

/// A pullback of the user's as a gradient rule.
private struct CustomPullback<
  Input: TensorRecord & Sendable, Output: TensorRecord & Sendable
>: Sendable {
  /// What the function was given and gave, without values: the structure of what the pullback is
  /// given.
  let input: Input
  let output: Output
  let pullback: @Sendable (Input, Output, Output) throws -> Input

  /// The cotangents of the op's operands: the outputs, which have none, and the inputs.
  func cotangents(
    _ context: GradientContext, _ builder: inout TapeBuilder
  ) throws(TapeError) -> [Value?] {
    let outputCount = context.results.count
    let inputs = Array(context.operands.dropFirst(outputCount))
    var cotangents: [Value] = []
    for (cotangent, result) in zip(context.cotangents, context.results) {
      if let cotangent {
        cotangents.append(cotangent)
      } else {
        let type = builder.type(of: result)
        cotangents.append(try builder.splat(.zero(type.dtype), type.shape))
      }
    }
    let gradients = try Tensor.recording(inputs + context.results + cotangents, &builder) {
      tensors throws(TensorError) in
      let found: Input
      do {
        found = try pullback(
          input.replacingTensors(with: Array(tensors.prefix(inputs.count))),
          output.replacingTensors(
            with: Array(tensors.dropFirst(inputs.count).prefix(outputCount))),
          output.replacingTensors(with: Array(tensors.suffix(outputCount))))
      } catch {
        throw (error as? TensorError) ?? .noGradient("the pullback threw \(error)")
      }
      return found.tensors
    }
    guard gradients.count == inputs.count else {
      throw .gradient(
        "a pullback needs a cotangent for each of the \(inputs.count) tensors of the input, found "
          + "\(gradients.count)", provenance: builder.provenance)
    }
    var all = [Value?](repeating: nil, count: context.operands.count)
    for (number, (input, gradient)) in zip(inputs, gradients).enumerated() {
      let (expected, found) = (builder.type(of: input), builder.type(of: gradient))
      if !expected.dtype.isFloating { continue }
      if found != expected {
        throw .gradient(
          "a pullback needs a cotangent of the input's type \(expected), found \(found)",
          provenance: builder.provenance)
      }
      all[outputCount + number] = gradient
    }
    return all
  }
}

extension Op {
  /// An op that gives its first operands, with a gradient of its own by all of them.
  static func withGradient(results count: Int, _ rule: @escaping GradientRule) -> Op {
    Op(
      "custom-gradient", summary: "its first operands, with a gradient of its own",
      kind: .movement, constraints: ["C1 the results are the first operands."],
      arity: .atLeast(count), isTransparent: true,
      infer: { types, _ in Array(types.prefix(count)) },
      family: { types, _ in
        // Of the first result; no stage that looks at families sees the op.
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

extension TensorRecord {
  /// The same structure with tensors that have types alone, so that it keeps no data.
  fileprivate func withoutValues() throws(TensorError) -> Self {
    replacingTensors(with: BodyTrace.arguments(try tensorTypes()))
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
