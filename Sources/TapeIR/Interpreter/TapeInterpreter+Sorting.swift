import ScalarIR

extension TapeInterpreter {
  /// Each line of elements along an axis in the order of its keys.
  static func sort(
    _ sorting: Sorting, _ operands: [Tensor], _ results: inout [Tensor]
  ) throws(TapeError) {
    let sizes = operands[0].sizes
    let length = sizes[sorting.axis]
    if results.allSatisfy(\.bits.isEmpty) { return }
    let kept = results[0].sizes[sorting.axis]
    let keys = operands.prefix(sorting.keyCount).map { operand in
      let rank = sorting.rank(operand.dtype)
      var registers = Elements(repeating: 0, count: rank.nodes.count)
      return operand.bits.map { bits in
        rank.evaluate([bits], &registers)
        return registers[rank.results[0].index]
      }
    }
    let others = sizes.indices.filter { $0 != sorting.axis }
    let otherSizes = others.map { sizes[$0] }
    let (strides, resultStrides) = (operands[0].strides, results[0].strides)
    let sources = Counter.offsets(otherSizes, others.map { strides[$0] })
    let targets = Counter.offsets(otherSizes, others.map { resultStrides[$0] })
    let (step, resultStep) = (strides[sorting.axis], resultStrides[sorting.axis])
    for (source, target) in zip(sources, targets) {
      let order = (0..<length).sorted { a, b in
        for key in keys {
          let (x, y) = (key[source + a * step], key[source + b * step])
          if x != y { return x < y }
        }
        return a < b
      }
      for (place, position) in order.prefix(kept).enumerated() {
        let index = target + place * resultStep
        for number in operands.indices {
          results[number].bits[index] = operands[number].bits[source + position * step]
        }
        if sorting.yieldsPositions {
          results[operands.count].bits[index] = ScalarValue(.i32, wrapping: position).bits
        }
      }
    }
  }
}
