import ScalarIR

extension TapeInterpreter {
  /// A routine by its reference algorithm, in `f64` and rounded once, matrix after matrix.
  static func solve(
    _ routine: MatrixRoutine, _ operands: [Tensor], _ results: inout [Tensor]
  ) {
    if results.allSatisfy(\.bits.isEmpty) { return }
    let sizes = operands[routine.operandCount - 1].sizes
    let found = routine.evaluate(
      operands.map(\.bits), results[0].dtype, batch: Counter(Array(sizes.dropLast(2))).count,
      rows: sizes[sizes.count - 2], columns: sizes[sizes.count - 1])
    for (number, bits) in found.enumerated() { results[number].bits = bits }
  }
}
