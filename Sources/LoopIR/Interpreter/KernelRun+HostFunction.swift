import ScalarIR

extension KernelRun {
  /// A function of the user's on copies of the arrays.
  mutating func call(
    _ function: HostFunction, _ operands: [Memory.View], _ results: [Memory.View]
  ) throws(LoopError) {
    kernelName = function.name
    let frame = Frame()
    var elements: [[UInt64]] = []
    for (number, (view, array)) in zip(operands, function.operands).enumerated() {
      var bits: [UInt64] = []
      for index in 0..<array.count {
        bits.append(try read(view, named: "operand \(number)", index, frame))
      }
      elements.append(bits)
    }
    let found: [[UInt64]]
    do { found = try function.evaluate(elements) } catch { throw .host(error) }
    for (number, bits) in found.enumerated() {
      for (index, element) in bits.enumerated() {
        try write(results[number], named: "result \(number)", index, element, frame)
      }
    }
  }
}
