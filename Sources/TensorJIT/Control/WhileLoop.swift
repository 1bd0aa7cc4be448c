import ScalarIR
import TapeIR

/// The state that `body` gives, applied to `initial` and then to its own results as long as
/// `condition` gives true for them; `initial` where it does not hold for that.
///
///     let root = try whileLoop(Pair(x, x + 1), while: { ($0.first - $0.second).abs() .> 1e-6 }) {
///       Pair(($0.first + a / $0.first) / 2, $0.first)
///     }.first
///
/// Both functions run once, to be traced; reading a value in them throws `TensorError.traced`. The
/// body keeps the types of the state, else the results carry the error. There is a gradient where a
/// counter tells how often the body runs: an integer that starts at a constant, to which the body adds
/// a constant, and which the condition compares with a constant.
public func whileLoop<State: TensorRecord>(
  _ initial: State, while condition: (State) throws -> Tensor, do body: (State) throws -> State
) rethrows -> State {
  let tensors = initial.tensors
  let types: [TensorType]
  do throws(TensorError) {
    types = try initial.tensorTypes()
  } catch {
    return initial.failing(error)
  }
  let device = try? Tensor.commonDevice(tensors)
  let arguments = [
    BodyTrace.arguments(types, on: device), BodyTrace.arguments(types, on: device),
  ]
  let test = try condition(initial.replacingTensors(with: arguments[0]))
  let state = try body(initial.replacingTensors(with: arguments[1]))
  let results = Tensor.control(.whileLoop, count: tensors.count) { () throws(TensorError) in
    try state.checkCount(tensors.count, "whileLoop")
    let trace = try BodyTrace([
      BodyTrace.Function(arguments: arguments[0], outputs: [test]),
      BodyTrace.Function(arguments: arguments[1], outputs: state.tensors),
    ])
    return (
      tensors + trace.captured,
      [
        .cond: .tape(
          try trace.body(
            of: 0, named: "while", leading: tensors.count, handsOnCaptured: false)),
        .body: .tape(
          try trace.body(of: 1, named: "do", leading: tensors.count, handsOnCaptured: true)),
      ]
    )
  }
  return initial.replacingTensors(with: results)
}
