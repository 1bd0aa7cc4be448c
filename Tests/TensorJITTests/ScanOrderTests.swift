import ScalarIR
import TapeIR
import TensorJIT
import TensorJITTestSupport
import Testing

/// Scans of several segments have the bits of the documented order, on every engine and for any number
/// of threads.
@Suite struct ScanOrderTests {
  /// Running sums of one row: within segments of 4096, each beside the sum of those before it.
  private func runningSums(_ row: [Float]) -> [Float] {
    var (before, within): (Float, Float) = (-0.0, -0.0)
    var sums: [Float] = []
    for (number, element) in row.enumerated() {
      if number > 0, number % 4096 == 0 {
        before += within
        within = -0.0
      }
      within += element
      sums.append(before + within)
    }
    return sums
  }

  private func inputs(_ dtype: DType, _ sizes: [Int], seed: UInt64) -> Literal {
    var random = SplitMix64(seed: seed)
    let count = sizes.reduce(1, *)
    let bits = (0..<count).map { _ in
      ScalarValue(dtype, rounding: Double(random.number(-1000...1000)) / 7).bits
    }
    return Literal(dtype: dtype, sizes: sizes, bits: bits)
  }

  private func results(_ text: String, _ input: Literal, threads: Int) throws -> Literal {
    let executable = try Executable(try Tape(parsing: text), engine: .cpu)
    return try executable.run([input], threads: threads)[0]
  }

  @Test(arguments: [4095, 4096, 4097, 8192, 20_001])
  func oneLongRow(count: Int) throws {
    let input = inputs(.f32, [count], seed: 1)
    let row = (0..<count).map { Float(input[$0].double) }
    for (reverse, expected) in [
      ("", runningSums(row)),
      (" :reverse true", Array(runningSums(row.reversed()).reversed())),
    ] {
      let text = "(tape t [(x f32[\(count)])] (y (cum-sum x :axis 0\(reverse))) (return y))"
      for threads in 1...2 {
        let found = try results(text, input, threads: threads)
        #expect((0..<count).allSatisfy { Float(found[$0].double) == expected[$0] })
      }
      let interpreted = try runTape(
        try Tape(parsing: text), inputs: [input], engine: .interpreter)[0]
      #expect((0..<count).allSatisfy { Float(interpreted[$0].double) == expected[$0] })
    }
  }

  @Test(arguments: ["f32", "f16", "bf16", "f64", "i32", "u8"])
  func severalColumns(type: String) throws {
    let dtype = try #require(DType(name: type))
    for (sizes, axis) in [([2, 9000, 3], 1), ([3, 5000], 1), ([4100, 2, 2], 0)] {
      let input = inputs(dtype, sizes, seed: 2)
      let shape = sizes.map(String.init).joined(separator: ",")
      for op in ["cum-sum", "cum-prod", "cum-max", "cum-min"] {
        let text = """
          (tape t [(x \(type)[\(shape)])]
            (c (\(op) x :axis \(axis) :reverse true)) (y (add c x)) (return y c))
          """
        let tape = try Tape(parsing: text)
        let expected = try runTape(tape, inputs: [input], engine: .interpreter)[0]
        for threads in 1...2 {
          let found = try results(text, input, threads: threads)
          #expect(
            (0..<found.count).allSatisfy { found[$0].isIdentical(to: expected[$0]) },
            "\(op) of \(type)[\(shape)]")
        }
      }
    }
  }

  /// Sums of what is not negative never decrease, also from one segment to the next.
  @Test func sumsOfPositiveElementsGrow() throws {
    var random = SplitMix64(seed: 3)
    let count = 30_000
    let input = Literal(
      dtype: .f32, sizes: [count],
      bits: (0..<count).map { _ in
        ScalarValue(.f32, rounding: Double(random.number(0...1000)) / 1001).bits
      })
    let found = try results(
      "(tape t [(x f32[30000])] (y (cum-sum x :axis 0)) (return y))", input, threads: 2)
    #expect((1..<count).allSatisfy { found[$0].double >= found[$0 - 1].double })
  }
}
