import LLVMCodeGen
import LoopIR
import ScalarIR
import TensorJITTestSupport
import Testing

/// What the PTX of kernels computes on a machine that follows PTX's description, against the
/// interpreter of loops and the definitions of the scalar operations, bit for bit.
@Suite struct PTXExecutionTests {
  @Test(arguments: MappedPrograms.all.indices, PTXTests.architectures)
  func mappedKernels(_ number: Int, _ architecture: String) throws {
    let program = try LoopProgram(verifying: MappedPrograms.all[number])
    // Sizes that are no multiples of a block's.
    let sizes = program.symbols.map { _ in 1000 }
    let values = Dictionary(zip(program.symbols, sizes)) { a, _ in a }
    var random = SplitMix64(seed: UInt64(number))
    var memory: [[UInt8]] = []
    var inputs: [Literal] = []
    for buffer in program.buffers {
      let count = buffer.count.evaluate(values)
      guard case .input = buffer.role else {
        memory.append([UInt8](repeating: 0xA5, count: count * buffer.dtype.byteWidth))
        continue
      }
      let bits = (0..<count).map { _ in
        buffer.dtype == .bool
          ? UInt64.random(in: 0...1, using: &random)
          : ScalarValue(buffer.dtype, rounding: Double.random(in: -9...9, using: &random)).bits
      }
      let literal = Literal(dtype: buffer.dtype, sizes: [count], bits: bits)
      inputs.append(literal)
      memory.append(Array(literal.bytes))
    }
    let text = try PTXCompiler(for: GPUArchitecture(named: architecture)).assembly(program)
    let kernel = program.kernels[0]
    let shape = try GridShape(of: kernel)
    var machine = PTXMachine(try PTXEntry("k0", in: text), arrays: memory, sizes: sizes)
    let blocks = shape.blocks.enumerated().map { axis, extent in
      min(extent.evaluate(values), GridShape.blockLimits[axis])
    }
    try machine.launch(blocks: blocks, threads: shape.threads, sharedBytes: shape.sharedBytes)
    let expected = try program.interpret(inputs: inputs, symbols: sizes)
    #expect(machine.arrays[program.results[0].buffer.index] == Array(expected[0].bytes))
  }

  /// The operation on one element a thread and on vectors of four, by one block.
  private func kernel(_ test: ScalarOperationTests.Case, _ count: Int) -> Kernel {
    func loop(_ mark: Loop.Mark, _ output: String, _ index: Index, _ extent: Int) -> Statement {
      let names = ScalarOperationTests.operandNames
      var body: [Statement] = test.operands.indices.map { position in
        .define(
          names[position], test.operands[position],
          .load(array: "in\(position)", index: index))
      }
      body.append(.define("r", test.result, test.expression))
      body.append(.store(array: output, index: index, value: "r"))
      return .loop(Loop("i", .constant(extent), mark, body))
    }
    let inputs = test.operands.enumerated().map { ("in\($0.offset)", $0.element) }
    let thread = Index.variable("t")
    return Kernel(
      "op", inputs + [("out0", test.result), ("out1", test.result)],
      [
        .loop(
          Loop(
            "b", 1, .block(axis: 0),
            [
              .loop(
                Loop(
                  "t", .constant(count / 4), .thread(axis: 0),
                  [
                    loop(.unrolled, "out0", thread * 4 + .variable("i"), 4),
                    loop(.vector(width: 4), "out1", thread * 4 + .variable("i"), 4),
                  ]))
            ]))
      ])
  }

  private func check(_ cases: [ScalarOperationTests.Case], _ inputs: [[UInt64]]) throws {
    let count = inputs[0].count
    let compiler = try PTXCompiler(for: GPUArchitecture(named: "sm_80"))
    for test in cases {
      let program = LoopProgram(name: "test", kernels: [kernel(test, count)])
      let text = try compiler.assembly(program)
      if let complaint = try PTXAssembler.complaint(text, architecture: "sm_80") {
        Issue.record("\(test.name): \(complaint)")
        return
      }
      var arrays = zip(test.operands, inputs).map { dtype, bits in
        Array(Literal(dtype: dtype, sizes: [count], bits: Array(bits)).bytes)
      }
      let empty = [UInt8](repeating: 0xA5, count: count * test.result.byteWidth)
      arrays += [empty, empty]
      var machine = PTXMachine(try PTXEntry("op", in: text), arrays: arrays)
      try machine.launch(blocks: [1, 1, 1], threads: [count / 4, 1, 1])
      for output in [arrays.count - 2, arrays.count - 1] {
        let found = Literal(
          dtype: test.result, sizes: [count], bytes: machine.arrays[output])
        for i in 0..<count {
          let arguments = test.operands.indices.map { inputs[$0][i] }
          let expected = ScalarValue(test.result, bits: test.expected(arguments))
          if found[i].isIdentical(to: expected) { continue }
          let operands = zip(test.operands, arguments).map { ScalarValue($0, bits: $1) }
          Issue.record("\(test.name)\(operands): expected \(expected), found \(found[i])")
          return
        }
      }
    }
  }

  @Test(arguments: DType.allCases) func operationsOnOneValue(_ dtype: DType) throws {
    try check(
      ScalarOperationTests.unaryCases(dtype) + ScalarOperationTests.conversionCases(dtype),
      [Array(EdgeValues.sample(dtype, count: 256, seed: 1).prefix(256))])
  }

  @Test(arguments: DType.allCases) func operationsOnTwoValues(_ dtype: DType) throws {
    let inputs = EdgeValues.pairs(dtype, count: 512, seed: 2)
    try check(
      ScalarOperationTests.binaryCases(dtype),
      [Array(inputs.left.prefix(512)), Array(inputs.right.prefix(512))])
  }

  @Test(arguments: DType.allCases) func operationsOnThreeValues(_ dtype: DType) throws {
    let (left, right) = EdgeValues.pairs(dtype, count: 256, seed: 3)
    let third = EdgeValues.sample(dtype, count: 256, seed: 4)
    for test in ScalarOperationTests.ternaryCases(dtype) {
      let first = test.operands[0] == .bool ? left.map { $0 & 1 } : left
      try check([test], [first, right, third].map { Array($0.prefix(256)) })
    }
  }
}
