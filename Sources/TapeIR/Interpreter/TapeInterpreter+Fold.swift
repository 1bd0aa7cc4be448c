import ScalarIR

extension TapeInterpreter {
  /// A reduction from initial values, element after element in row-major order.
  static func fold(_ fold: Fold, _ operands: [Tensor], _ results: inout [Tensor]) {
    if results.allSatisfy(\.bits.isEmpty) { return }
    let count = results.count
    let (sizes, strides) = (operands[0].sizes, operands[0].strides)
    let kept = sizes.indices.filter { !fold.axes.contains($0) }
    let starts = Counter.offsets(kept.map { sizes[$0] }, kept.map { strides[$0] })
    let elements = Counter.offsets(
      fold.axes.map { sizes[$0] }, fold.axes.map { strides[$0] })
    var registers = Elements(repeating: 0, count: fold.step.nodes.count)
    for (position, start) in starts.enumerated() {
      var state = operands[count...].map { $0.bits[0] }
      for offset in elements {
        fold.step.evaluate(state + operands[..<count].map { $0.bits[start + offset] }, &registers)
        state = fold.step.results.map { registers[$0.index] }
      }
      for number in results.indices { results[number].bits[position] = state[number] }
    }
  }
}
