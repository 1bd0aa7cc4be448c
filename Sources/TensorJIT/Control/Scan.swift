import ScalarIR
import TapeIR

/// `body` once for each slice of `inputs` along axis 0, in order: it takes what it gave before as
/// `carry`, at first `initial`, and gives the next carry and an output. The results are the last carry
/// and the outputs stacked along a new axis 0.
///
///     let (state, states) = try scan(over: inputs, from: h) { h, x in
///       let next = (w.matmul(h) + x).tanh()
///       return (next, next)
///     }
///
/// The body runs once, to be traced; reading a value in it throws `TensorError.traced`. It keeps the
/// types of the carry, and all inputs have the same size along axis 0, else the results carry the
/// error. Gradients of any order go through it.
///
/// - Parameter reversed: whether the last slice comes first; outputs keep their places.
public func scan<Carry: TensorRecord, Input: TensorRecord, Output: TensorRecord>(
  over inputs: Input, from initial: Carry, reversed: Bool = false,
  _ body: (_ carry: Carry, _ slice: Input) throws -> (Carry, Output)
) rethrows -> (carry: Carry, outputs: Output) {
  let first = inputs.tensors.first?.handle.slot.type
  return try scan(
    length: first?.shape.dims.first ?? 0, inputs, initial, reversed: reversed, body)
}

/// `body` so many times in a row: it takes what it gave before as `carry`, at first `initial`, and
/// gives the next carry and an output. The results are the last carry and the outputs stacked along a
/// new axis 0.
///
/// Otherwise as `scan(over:from:reversed:_:)`.
public func scan<Carry: TensorRecord, Output: TensorRecord>(
  count: Int, from initial: Carry, _ body: (_ carry: Carry) throws -> (Carry, Output)
) rethrows -> (carry: Carry, outputs: Output) {
  try scan(length: .constant(count), [] as [Tensor], initial, reversed: false) { carry, _ in
    try body(carry)
  }
}

private func scan<Carry: TensorRecord, Input: TensorRecord, Output: TensorRecord>(
  length: Dim, _ inputs: Input, _ initial: Carry, reversed: Bool,
  _ body: (Carry, Input) throws -> (Carry, Output)
) rethrows -> (carry: Carry, outputs: Output) {
  let (carries, stacks) = (initial.tensors, inputs.tensors)
  let (carryTypes, stackTypes): ([TensorType], [TensorType])
  do throws(TensorError) {
    (carryTypes, stackTypes) = (try initial.tensorTypes(), try inputs.tensorTypes())
  } catch {
    let (carry, output) = try body(initial, inputs)
    return (carry.failing(error), output.failing(error))
  }
  let arguments = BodyTrace.arguments(
    carryTypes + stackTypes.map { TensorType($0.dtype, Shape(Array($0.shape.dims.dropFirst()))) },
    on: try? Tensor.commonDevice(initial.tensors + inputs.tensors))
  let (carry, output) = try body(
    initial.replacingTensors(with: arguments[..<carries.count]),
    inputs.replacingTensors(with: arguments[carries.count...]))
  var capturedCount = 0
  let results = Tensor.control(.scan, count: carry.tensors.count + output.tensors.count) {
    () throws(TensorError) in
    try carry.checkCount(carries.count, "scan")
    let trace = try BodyTrace([
      BodyTrace.Function(arguments: arguments, outputs: carry.tensors + output.tensors)
    ])
    capturedCount = trace.captured.count
    let step = try trace.body(
      of: 0, named: "step", leading: carries.count, handsOnCaptured: true)
    let scan = Scan(
      body: step, length: length, carryCount: carries.count + capturedCount,
      isReversed: reversed)
    return (carries + trace.captured + stacks, scan.attributes)
  }
  let count = carries.count + capturedCount + output.tensors.count
  guard results.count == count else {
    // They carry one error, all of them.
    return (
      initial.mapTensors { results.first ?? $0 }, output.mapTensors { results.first ?? $0 }
    )
  }
  return (
    initial.replacingTensors(with: Array(results.prefix(carries.count))),
    output.replacingTensors(with: Array(results.dropFirst(carries.count + capturedCount)))
  )
}
