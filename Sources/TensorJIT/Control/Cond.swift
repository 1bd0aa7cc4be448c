import ScalarIR
import TapeIR

/// What one of two functions gives: that of `then` where the predicate, one `bool`, is true, else that
/// of `else`. Only the chosen one's ops are carried out.
///
///     let y = try cond(x.sum() .> 0, then: { x.log() }, else: { x * x })
///
/// Both functions run once, to be traced; reading a value in them throws `TensorError.traced`. They
/// give tensors of the same types, else the results carry the error. Gradients go through the choice.
public func cond<Output: TensorRecord>(
  _ predicate: Tensor, then: () throws -> Output, else otherwise: () throws -> Output
) rethrows -> Output {
  let start = Runtime.shared.nextSerial()
  let outputs = [try then(), try otherwise()]
  let results = Tensor.control(.cond, count: outputs[0].tensors.count) {
    () throws(TensorError) in
    try outputs[1].checkCount(outputs[0].tensors.count, "cond")
    let trace = try BodyTrace(
      outputs.map { BodyTrace.Function(arguments: [], outputs: $0.tensors) }, from: start)
    return (
      [predicate] + trace.captured,
      [
        .then: .tape(
          try trace.body(of: 0, named: "then", leading: 0, handsOnCaptured: false)),
        .otherwise: .tape(
          try trace.body(of: 1, named: "else", leading: 0, handsOnCaptured: false)),
      ]
    )
  }
  return outputs[0].replacingTensors(with: results)
}
