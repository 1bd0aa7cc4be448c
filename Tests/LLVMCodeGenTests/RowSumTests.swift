import LLVMCodeGen
import LoopIR
import ScalarIR
import TensorJITTestSupport
import Testing

/// A sum along rows in 128 lanes: lane by lane over chunks of a row, a part of a chunk at the end,
/// then the lanes by halving.
@Suite struct RowSumTests {
  private static let lanes = 128

  private static func kernel(named name: String, width: Int) -> Kernel {
    let (row, chunk, lane): (Index, Index, Index) = (
      .variable("row"), .variable("chunk"), .variable("lane")
    )
    let n: Index = .symbol("n")
    let position = chunk * .constant(lanes) + lane
    func perLane(_ body: [Statement]) -> Statement {
      .loop(Loop("lane", .constant(lanes), .vector(width: width), body))
    }
    var body: [Statement] = [
      .scratch(name: "acc", .f32, count: lanes),
      perLane([
        .define("zero", .f32, .constant(ScalarValue(Float(0)))),
        .store(array: "acc", index: lane, value: "zero"),
      ]),
      .loop(
        Loop(
          "chunk", n.quotient(by: .constant(lanes)), .serial,
          [
            perLane([
              .define("x", .f32, .load(array: "a", index: row * n + position)),
              .define("old", .f32, .load(array: "acc", index: lane)),
              .define("new", .f32, .binary(.add, "old", "x")),
              .store(array: "acc", index: lane, value: "new"),
            ])
          ])),
    ]
    let last = n.quotient(by: .constant(lanes)) * .constant(lanes) + lane
    body.append(
      perLane([
        .define(
          "rest", .f32,
          .load(array: "a", index: row * n + last, condition: Condition([.less(last, n)]))),
        .define("partial", .f32, .load(array: "acc", index: lane)),
        .define("total", .f32, .binary(.add, "partial", "rest")),
        .store(array: "acc", index: lane, value: "total"),
      ]))
    var half = lanes / 2
    while half > 0 {
      body.append(
        .loop(
          Loop(
            "lane", .constant(half), .vector(width: width),
            [
              .define("p", .f32, .load(array: "acc", index: lane)),
              .define("q", .f32, .load(array: "acc", index: lane + .constant(half))),
              .define("s", .f32, .binary(.add, "p", "q")),
              .store(array: "acc", index: lane, value: "s"),
            ])))
      half /= 2
    }
    body += [
      .define("sum", .f32, .load(array: "acc", index: 0)),
      .store(array: "out", index: row, value: "sum"),
    ]
    return Kernel(
      name, [("a", .f32), ("out", .f32)], [.loop(Loop("row", .symbol("m"), .parallel, body))])
  }

  private static func program(width: Int) -> LoopProgram {
    LoopProgram(
      name: "sum", symbols: ["m", "n"], kernels: [kernel(named: "sum", width: width)])
  }

  private func sum(_ row: ArraySlice<Float>) -> Float {
    var lanes = [Float](repeating: 0, count: RowSumTests.lanes)
    for (position, value) in row.enumerated() { lanes[position % RowSumTests.lanes] += value }
    while lanes.count > 1 {
      let half = lanes.count / 2
      lanes = (0..<half).map { lanes[$0] + lanes[$0 + half] }
    }
    return lanes[0] + 0
  }

  @Test(arguments: [8, 16, 32], testedCPUs)
  func rowsAreSummedInFixedOrder(_ width: Int, _ cpu: HostCPU) throws {
    let kernels = try LoadedKernels(
      [RowSumTests.kernel(named: "sum", width: width)], symbols: ["m", "n"], for: cpu)
    for n in [0, 1, 7, 127, 128, 129, 300, 1023, 5000] {
      let m = 3
      var random = SplitMix64(seed: UInt64(n))
      let values = (0..<m * n).map { _ in Float(Int32(truncatingIfNeeded: random.next())) * 0.37 }
      let out = GuardedArray(.f32, count: m)
      kernels.run([GuardedArray(values), out], symbols: [m, n], begin: 0, end: m)
      let expected = (0..<m).map { sum(values[$0 * n..<($0 + 1) * n]) }
      #expect(out.floats.map(\.bitPattern) == expected.map(\.bitPattern), "rows of \(n)")
    }
  }

  /// The loop over chunks is eight additions to registers, and nothing of the lanes is in memory.
  @Test(.enabled(if: HostCPU.current.vectorBits == 512))
  func lanesLiveInRegisters() throws {
    let assembly = try ProgramCompiler().assembly(RowSumTests.program(width: 16))
    let vectors = assembly.split(separator: "\n").filter { $0.contains("zmm") }
    let additions = vectors.filter {
      $0.contains("vaddps") && $0.contains("(%r") && !$0.contains("{%k")
    }
    #expect(additions.count == 8, "\(assembly)")
    #expect(!vectors.contains { $0.contains("(%rsp)") }, "\(assembly)")
  }
}
