import ScalarIR

extension TapeInterpreter {
  /// Carries out bodies; the nesting of bodies, which text limits, is the depth of its recursion.
  static func run(
    _ control: Control, _ operands: [Tensor], _ results: inout [Tensor]
  ) throws(TapeError) {
    switch control {
    case .cond(let then, let otherwise):
      let body = operands[0].bits[0] != 0 ? then : otherwise
      var interpreter = TapeInterpreter(body)
      results = try interpreter.results(for: operands.dropFirst().map(\.bits))
    case .whileLoop(let condition, let body):
      var test = TapeInterpreter(condition)
      var step = TapeInterpreter(body)
      var state = operands.map(\.bits)
      while try test.results(for: state)[0].bits[0] != 0 {
        state = try step.results(for: state).map(\.bits)
      }
      for number in results.indices { results[number].bits = state[number] }
    case .scan(let scan): try run(scan, operands, &results)
    }
  }

  private static func run(
    _ scan: Scan, _ operands: [Tensor], _ results: inout [Tensor]
  ) throws(TapeError) {
    guard let length = scan.length.constant else {
      throw .data("the length \(scan.length.text) is symbolic")
    }
    var step = TapeInterpreter(scan.body)
    var carries = operands[..<scan.carryCount].map(\.bits)
    for number in 0..<length {
      let position = scan.isReversed ? length - 1 - number : number
      let slices = operands[scan.carryCount...].map { operand in
        let count = operand.bits.count / length
        return Array(operand.bits[position * count..<(position + 1) * count])
      }
      let given = try step.results(for: carries + slices)
      carries = given[..<scan.carryCount].map(\.bits)
      for index in scan.carryCount..<results.count {
        let first = position * given[index].bits.count
        for (offset, bits) in given[index].bits.enumerated() {
          results[index].bits[first + offset] = bits
        }
      }
    }
    for index in 0..<scan.carryCount { results[index].bits = carries[index] }
  }
}
