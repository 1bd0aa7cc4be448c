import ScalarIR
import TapeIR

/// The value of `function` at `parameters`, and how it changes along `direction`: the
/// Jacobian-vector product.
///
/// It is made of reverse differentiation: the cotangents of the parameters are linear in the
/// cotangents of the value, and the product is the transpose of that linear function, so every op
/// that has a gradient has it. What does not depend on the made-up cotangents is computed once, and
/// the cost is a small multiple of the function's.
///
/// - Parameter direction: a tangent for each tensor of the parameters, of its type; those of integer
///   and bool tensors are not looked at.
/// - Returns: the value, and a tangent for each of its tensors, zeros where it does not depend on the
///   parameters or is not floating.
/// - Throws: what `function` throws, `noGradient`, `historyReleased`, and `invalidData` where the
///   direction does not fit the parameters.
public func jvp<Parameters: TensorRecord, Output: TensorRecord>(
  of function: (Parameters) throws -> Output, at parameters: Parameters,
  along direction: Parameters
) throws -> (value: Output, tangent: Output) {
  let arguments = try DifferentiatedArguments(parameters)
  let directions = direction.tensors
  try checkDirection(directions, arguments.variables)
  let value = try function(arguments.record)
  // Cotangents that are made up, to be differentiated by.
  let outputs = value.tensors
  var seeds: [Tensor?] = []
  for output in outputs {
    let type = try output.tensorType
    seeds.append(type.dtype.isFloating ? arguments.tracked(one: type) : nil)
  }
  let made = zip(outputs, seeds).compactMap { output, seed in seed.map { (output, $0) } }
  let gradients = try cotangents(
    of: made.map(\.0), seeds: made.map(\.1), withRespectTo: arguments.variables)
  let reached = zip(gradients, directions).compactMap { gradient, tangent in
    gradient.map { ($0, tangent) }
  }
  var tangents: [Tensor?] = made.map { _ in nil }
  if !reached.isEmpty {
    tangents = try cotangents(
      of: reached.map(\.0), seeds: reached.map(\.1), withRespectTo: made.map(\.1))
  }
  var found = tangents.makeIterator()
  var results: [Tensor] = []
  for (output, seed) in zip(outputs, seeds) {
    let type = try output.tensorType
    let tangent = seed == nil ? nil : found.next() ?? nil
    results.append(
      arguments.released(tangent ?? Tensor(constant: .zero(type.dtype), type.shape)))
  }
  return (value.mapTensors { arguments.released($0) }, value.replacingTensors(with: results))
}

/// The product of the matrix of second derivatives of a function with one value, and a direction:
/// how the gradient changes along it. The matrix itself is never made.
///
/// - Returns: a record of the parameters' type.
/// - Throws: as `grad(of:)` and `jvp(of:at:along:)`.
public func hessianVectorProduct<Parameters: TensorRecord>(
  of function: @escaping (Parameters) throws -> Tensor, at parameters: Parameters,
  along direction: Parameters
) throws -> Parameters {
  try jvp(of: grad(of: function), at: parameters, along: direction).tangent
}

private func checkDirection(
  _ directions: [Tensor], _ variables: [Tensor]
) throws(TensorError) {
  guard directions.count == variables.count else {
    throw .invalidData(
      "a direction needs a tangent for each of the \(variables.count) tensors, found "
        + "\(directions.count)")
  }
  for (direction, variable) in zip(directions, variables) {
    let (found, expected) = (try direction.tensorType, try variable.tensorType)
    if expected.dtype.isFloating, found != expected {
      throw .invalidData("a tangent needs the type \(expected) of its tensor, found \(found)")
    }
  }
}
