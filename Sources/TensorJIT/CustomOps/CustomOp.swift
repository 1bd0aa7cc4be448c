import ScalarIR
import TapeIR

/// An op from outside of this library: with a name, a meaning, and a gradient where it has one.
///
/// Its meaning is a composition of tensor operations, which is compiled and fused like any other, or a
/// callback on arrays in host memory, for what has to be written by hand or lies in another library:
///
///     let smooth = CustomOp("smooth", composedOf: { x in [(x[0] * 3 + 1).tanh()] })
///     let lookup = CustomOp(
///       "lookup",
///       results: { operands in [TensorSignature(.f32, operands[0].shape)] },
///       callback: { operands, results in … },
///       gradient: { operands, results, cotangents in [cotangents[0] * 2] })
///     let y = lookup(x)[0]
///
/// An op takes any number of operands and gives any number of results. It is pure: the same operands
/// give the same results, and it may be carried out once, several times or never.
public struct CustomOp: Sendable {
  /// The cotangents of the operands, from the operands, the results and the results' cotangents; nil
  /// for an operand on which the results do not depend. Recorded like any other function, so that it
  /// is compiled and has a gradient itself.
  public typealias Gradient =
    @Sendable (_ operands: [Tensor], _ results: [Tensor], _ cotangents: [Tensor]) throws ->
    [Tensor?]

  /// The types of the results, from those of the operands.
  public typealias ResultRule =
    @Sendable (_ operands: [TensorSignature]) throws -> [TensorSignature]

  public let name: String
  private let apply: @Sendable ([Tensor]) -> [Tensor]

  /// An op whose meaning is a composition of others.
  ///
  /// - Parameters:
  ///   - composition: what it gives; what it throws, the results carry.
  ///   - gradient: its gradient; without one, that of the composition.
  public init(
    _ name: String, composedOf composition: @escaping @Sendable ([Tensor]) throws -> [Tensor],
    gradient: Gradient? = nil
  ) {
    self.name = name
    apply = { operands in
      do {
        guard let gradient else { return try composition(operands) }
        let differentiable = withCustomGradient(of: composition) { operands, results, cotangents in
          try CustomOp.fill(try gradient(operands, results, cotangents), operands)
        }
        return try differentiable(operands)
      } catch {
        return [Tensor(failure: TensorError(custom: name, error))]
      }
    }
  }

  /// An op whose meaning is a function on arrays in host memory.
  ///
  /// - Parameters:
  ///   - results: the types of the results. What it throws, the results carry, as the message of the
  ///     op's constraint C1.
  ///   - callback: fills the results' memory from the operands'. It runs when values are asked for, on
  ///     the thread that asks; what it throws, asking throws as `TensorError.customOp`.
  ///   - gradient: its gradient; without one, a gradient that goes through it throws `noGradient`.
  public init(
    _ name: String, results: @escaping ResultRule,
    callback:
      @escaping @Sendable (_ operands: [HostOperand], _ results: [HostResult]) throws ->
      Void,
    gradient: Gradient? = nil
  ) {
    self.name = name
    let routine = HostFunction.Routine(name) { operands, results in
      try callback(
        operands.map { HostOperand(signature: TensorSignature($0), bytes: $1) },
        results.map { HostResult(signature: TensorSignature($0), bytes: $1) })
    }
    let op = Op.host(name, routine, results, gradient)
    apply = { operands in Tensor.record(op, operands) }
  }

  /// The op's results for some operands, recorded. Operands that do not fit make one tensor that
  /// carries the error.
  public func callAsFunction(_ operands: [Tensor]) -> [Tensor] { apply(operands) }

  /// The op's results for some operands, recorded.
  public func callAsFunction(_ operands: Tensor...) -> [Tensor] { apply(operands) }

  /// Gradients with zeros where there are none.
  fileprivate static func fill(
    _ gradients: [Tensor?], _ operands: [Tensor]
  ) throws(TensorError) -> [Tensor] {
    var filled: [Tensor] = []
    for (gradient, operand) in zip(gradients, operands) {
      let type = try operand.tensorType
      filled.append(gradient ?? Tensor(constant: .zero(type.dtype), type.shape))
    }
    return filled
  }
}

extension Op {
  /// An op that a function of the user's carries out.
  fileprivate static func host(
    _ name: String, _ routine: HostFunction.Routine, _ results: @escaping CustomOp.ResultRule,
    _ gradient: CustomOp.Gradient?
  ) -> Op {
    @Sendable func resultTypes(
      _ types: [TensorType]
    ) throws(ConstraintViolation) -> [TensorType] {
      let operands = types.compactMap(TensorSignature.init)
      guard operands.count == types.count else {
        throw ConstraintViolation("C1", "\(name) needs operands of known sizes")
      }
      do { return try results(operands).map(\.tensorType) } catch {
        throw ConstraintViolation("C1", "\(error)")
      }
    }
    return Op(
      name, summary: "an op of the user's", kind: .host,
      constraints: ["C1 the operands suit the op's result rule."], arity: .atLeast(0),
      infer: { (types, _) throws(ConstraintViolation) in try resultTypes(types) },
      family: { types, _ in
        let results = (try? resultTypes(types)) ?? []
        return .host(
          HostFunction(
            routine, operands: types.map(HostFunction.Array.init),
            results: results.map(HostFunction.Array.init)))
      },
      gradient: .rule { (builder, context) throws(TapeError) in
        guard let gradient else {
          throw .gradient("the op \(name) has no gradient", provenance: builder.provenance)
        }
        return try cotangents(gradient, name, context, &builder)
      })
  }

  /// The cotangents of the operands by a gradient of the user's.
  private static func cotangents(
    _ gradient: CustomOp.Gradient, _ name: String, _ context: GradientContext,
    _ builder: inout TapeBuilder
  ) throws(TapeError) -> [Value?] {
    var cotangents: [Value] = []
    for (cotangent, result) in zip(context.cotangents, context.results) {
      if let cotangent {
        cotangents.append(cotangent)
      } else {
        let type = builder.type(of: result)
        cotangents.append(try builder.splat(.zero(type.dtype), type.shape))
      }
    }
    let (operandCount, resultCount) = (context.operands.count, context.results.count)
    var isThere: [Bool] = []
    let found = try Tensor.recording(
      context.operands + context.results + cotangents, &builder
    ) { tensors throws(TensorError) in
      let given: [Tensor?]
      do {
        given = try gradient(
          Array(tensors.prefix(operandCount)),
          Array(tensors.dropFirst(operandCount).prefix(resultCount)),
          Array(tensors.suffix(resultCount)))
      } catch {
        throw TensorError(custom: name, error)
      }
      isThere = given.map { $0 != nil }
      return given.compactMap { $0 }
    }
    guard isThere.count == operandCount else {
      throw .gradient(
        "the gradient of \(name) needs a cotangent for each of the \(operandCount) operands, found "
          + "\(isThere.count)", provenance: builder.provenance)
    }
    var values = found.makeIterator()
    var all = [Value?](repeating: nil, count: operandCount)
    for (number, operand) in context.operands.enumerated() {
      guard isThere[number], let value = values.next() else { continue }
      let (expected, type) = (builder.type(of: operand), builder.type(of: value))
      if !expected.dtype.isFloating { continue }
      if type != expected {
        throw .gradient(
          "the gradient of \(name) needs a cotangent of the operand's type \(expected), found "
            + "\(type)", provenance: builder.provenance)
      }
      all[number] = value
    }
    return all
  }
}

extension TensorError {
  /// What a function of the user's threw; an error of a tensor as it is.
  fileprivate init(custom name: String, _ error: any Error) {
    self = (error as? TensorError) ?? .customOp(name: name, message: "\(error)")
  }
}

extension HostFunction.Array {
  /// The array of a type of known sizes.
  fileprivate init(_ type: TensorType) {
    self.init(dtype: type.dtype, sizes: type.shape.sizes ?? [])
  }
}
