import LLVMCodeGen
import LoopIR
import ScalarIR
import TensorJITTestSupport
import Testing

/// The emitted code of every scalar operation against its definition, bit for bit, in serial loops
/// and in vector loops with a part left over; and none of it calls a function.
@Suite struct ScalarOperationTests {
  /// One operation and its definition.
  struct Case {
    var name: String
    var operands: [DType]
    var result: DType
    var expression: Expression
    var expected: ([UInt64]) -> UInt64
  }

  static let operandNames: [Variable] = ["a", "b", "c"]

  static func unaryCases(_ dtype: DType) -> [Case] {
    ScalarOp.Unary.allCases.filter { $0.accepts(dtype) }.map { op in
      Case(
        name: op.name, operands: [dtype], result: dtype, expression: .unary(op, "a"),
        expected: { op.evaluate(dtype, $0[0]) })
    }
  }

  static func binaryCases(_ dtype: DType) -> [Case] {
    let arithmetic = ScalarOp.Binary.allCases.filter { $0.accepts(dtype) }.map { op in
      Case(
        name: op.name, operands: [dtype, dtype], result: dtype, expression: .binary(op, "a", "b"),
        expected: { op.evaluate(dtype, $0[0], $0[1]) })
    }
    let comparisons = ScalarOp.Comparison.allCases.map { op in
      Case(
        name: op.name, operands: [dtype, dtype], result: .bool, expression: .compare(op, "a", "b"),
        expected: { op.evaluate(dtype, $0[0], $0[1]) })
    }
    return arithmetic + comparisons
  }

  static func ternaryCases(_ dtype: DType) -> [Case] {
    var cases = [
      Case(
        name: "select", operands: [.bool, dtype, dtype], result: dtype,
        expression: .select("a", "b", "c"), expected: { $0[0] != 0 ? $0[1] : $0[2] })
    ]
    if dtype == .f32 || dtype == .f64 {
      cases.append(
        Case(
          name: "fma", operands: [dtype, dtype, dtype], result: dtype,
          expression: .fma("a", "b", "c"),
          expected: { ScalarValue.fma(dtype, $0[0], $0[1], $0[2]) }))
    }
    return cases
  }

  static func conversionCases(_ dtype: DType) -> [Case] {
    let conversions = DType.allCases.map { target in
      Case(
        name: "to-\(target)", operands: [dtype], result: target, expression: .convert("a"),
        expected: { ScalarValue(dtype, bits: $0[0]).converted(to: target).bits })
    }
    let casts = DType.allCases.filter { $0.bitWidth == dtype.bitWidth }.map { target in
      Case(
        name: "as-\(target)", operands: [dtype], result: target, expression: .bitcast("a"),
        expected: { $0[0] })
    }
    return conversions + casts
  }

  /// Writes `out0` by a serial and `out1` by a vector loop.
  static func kernel(_ test: Case, width: Int) -> Kernel {
    func loop(_ mark: Loop.Mark, _ output: String) -> Statement {
      var body: [Statement] = test.operands.indices.map { position in
        .define(
          operandNames[position], test.operands[position],
          .load(array: "in\(position)", index: .variable("i")))
      }
      body.append(.define("r", test.result, test.expression))
      body.append(.store(array: output, index: .variable("i"), value: "r"))
      return .loop(Loop("i", .symbol("n"), mark, body))
    }
    let inputs = test.operands.enumerated().map { ("in\($0.offset)", $0.element) }
    return Kernel(
      test.name, inputs + [("out0", test.result), ("out1", test.result)],
      [loop(.serial, "out0"), loop(.vector(width: width), "out1")])
  }

  private func check(_ cases: [Case], _ inputs: [[UInt64]], on cpu: HostCPU, width: Int) throws {
    let kernels = try LoadedKernels(
      cases.map { ScalarOperationTests.kernel($0, width: width) }, symbols: ["n"], for: cpu)
    let count = inputs[0].count
    for (position, test) in cases.enumerated() {
      let arrays = zip(test.operands, inputs).map { GuardedArray($0, $1) }
      let scalar = GuardedArray(test.result, count: count)
      let vector = GuardedArray(test.result, count: count)
      kernels.run(arrays + [scalar, vector], kernel: position, symbols: [count])
      let results = (scalar.bits, vector.bits)
      for i in 0..<count {
        let arguments = test.operands.indices.map { inputs[$0][i] }
        let expected = ScalarValue(test.result, bits: test.expected(arguments))
        for (kind, bits) in [("scalar", results.0[i]), ("vector", results.1[i])] {
          let found = ScalarValue(test.result, bits: bits)
          // A bool in memory is 0 or 1.
          if found.isIdentical(to: expected) && bits == found.bits { continue }
          let operands = zip(test.operands, arguments).map { ScalarValue($0, bits: $1) }
          Issue.record(
            """
            \(cpu.name), \(kind) \(test.name)\(operands): expected \(expected), found \(found) \
            of bits \(bits)
            """)
          return
        }
      }
    }
  }

  @Test(arguments: DType.allCases, testedCPUs)
  func operationsOnOneValue(_ dtype: DType, _ cpu: HostCPU) throws {
    let cases =
      ScalarOperationTests.unaryCases(dtype) + ScalarOperationTests.conversionCases(dtype)
    let inputs = EdgeValues.sample(dtype, count: 2_013, seed: 1)
    try check(cases, [inputs], on: cpu, width: 16)
  }

  @Test(arguments: DType.allCases, testedCPUs)
  func operationsOnTwoValues(_ dtype: DType, _ cpu: HostCPU) throws {
    let inputs = EdgeValues.pairs(dtype, count: 4_003, seed: 2)
    try check(
      ScalarOperationTests.binaryCases(dtype), [inputs.left, inputs.right], on: cpu,
      width: dtype.byteWidth == 8 ? 8 : 16)
  }

  @Test(arguments: DType.allCases, testedCPUs)
  func operationsOnThreeValues(_ dtype: DType, _ cpu: HostCPU) throws {
    let (left, right) = EdgeValues.pairs(dtype, count: 3_001, seed: 3)
    let third = EdgeValues.sample(dtype, count: left.count, seed: 4).shuffled(by: 5)
    for test in ScalarOperationTests.ternaryCases(dtype) {
      let first = test.operands[0] == .bool ? left.map { $0 & 1 } : left
      try check([test], [first, right, third], on: cpu, width: 16)
    }
  }

  @Test(arguments: [2, 4, 8, 32, 64])
  func otherWidths(_ width: Int) throws {
    for dtype in [DType.f32, .i32, .u8, .f64, .bool] {
      let inputs = EdgeValues.pairs(dtype, count: 307, seed: 6)
      try check(
        ScalarOperationTests.binaryCases(dtype), [inputs.left, inputs.right], on: .current,
        width: width)
    }
  }
}

extension Array {
  fileprivate func shuffled(by seed: UInt64) -> Self {
    var random = SplitMix64(seed: seed)
    return shuffled(using: &random)
  }
}
