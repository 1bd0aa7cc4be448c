import ScalarIR

extension KernelRun {
  /// A routine of linear algebra by its reference algorithm.
  mutating func solve(
    _ call: MatrixRoutineCall, _ operands: [Memory.View], _ results: [Memory.View]
  ) throws(LoopError) {
    kernelName = "matrix-routine"
    if results.allSatisfy({ $0.count == 0 }) { return }
    let frame = Frame()
    let batch = max(0, try evaluate(call.batch, frame))
    let rows = max(0, try evaluate(call.rows, frame))
    let columns = max(0, try evaluate(call.columns, frame))
    let counts = call.routine.elementCounts(rows: rows, columns: columns)
    var elements: [[UInt64]] = []
    for (number, view) in operands.enumerated() {
      var bits: [UInt64] = []
      for index in 0..<(batch * counts[number]) {
        bits.append(try read(view, named: "operand \(number)", index, frame))
      }
      elements.append(bits)
    }
    let found = call.routine.evaluate(
      elements, call.dtype, batch: batch, rows: rows, columns: columns)
    for (number, bits) in found.enumerated() {
      for (index, element) in bits.enumerated() {
        try write(results[number], named: "result \(number)", index, element, frame)
      }
    }
  }
}
