import ScalarIR
import TapeIR
import TensorJIT
import TensorJITTestSupport
import Testing

/// Products of matrices give the same bits on the interpreter, which sums plainly in order, and as
/// tiles in the registers of machines of both kinds, on one and two threads.
@Suite struct TiledProductTests {
  struct Sizes: Sendable, CustomTestStringConvertible {
    var batch = 1
    var m: Int
    var n: Int
    var k: Int

    var testDescription: String { "\(batch) × \(m)×\(k)×\(n)" }
  }

  /// Tiles that are full and not, one panel and many, packed operands and not, several blocks of
  /// terms, no terms.
  static let sizes = [
    Sizes(m: 2, n: 2, k: 1), Sizes(m: 5, n: 7, k: 3), Sizes(m: 14, n: 32, k: 9),
    Sizes(m: 15, n: 33, k: 40), Sizes(m: 128, n: 10, k: 128), Sizes(m: 128, n: 128, k: 64),
    Sizes(m: 24, n: 200, k: 17), Sizes(m: 129, n: 65, k: 300), Sizes(m: 67, n: 150, k: 513),
    Sizes(batch: 3, m: 16, n: 17, k: 20), Sizes(batch: 2, m: 13, n: 40, k: 257),
    Sizes(m: 3, n: 4, k: 0),
  ]

  @Test(arguments: sizes, [DType.f32, .f64, .f16, .bf16, .i32, .u8, .bool])
  func tilesAndThreadsChangeNoBit(_ sizes: Sizes, _ dtype: DType) throws {
    let (batch, m, n, k) = (sizes.batch, sizes.m, sizes.n, sizes.k)
    var random = SplitMix64(seed: UInt64(m * 1000 + n))
    for (isTransposedA, isTransposedB) in [(false, false), (true, false), (false, true)] {
      let a = isTransposedA ? [batch, k, m] : [batch, m, k]
      let b = isTransposedB ? [batch, n, k] : [batch, k, n]
      let tape = try Tape(
        parsing: """
          (tape product [(a \(TensorType(dtype, Shape(a)))) (b \(TensorType(dtype, Shape(b))))]
            (y (dot a b :lhs-batch [0] :rhs-batch [0] :lhs-contract [\(isTransposedA ? 1 : 2)]
              :rhs-contract [\(isTransposedB ? 2 : 1)]))
            (return y))
          """)
      let inputs = [a, b].map { sizes -> Literal in
        let values = (0..<sizes.reduce(1, *)).map { _ -> ScalarValue in
          let value = Int(random.next() % 17) - 8
          return dtype.isFloating
            ? ScalarValue(dtype, rounding: Double(value) / 3) : ScalarValue(dtype, wrapping: value)
        }
        return Literal(dtype: dtype, sizes: sizes, bits: values.map(\.bits))
      }
      let expected = try runTape(tape, inputs: inputs, engine: .interpreter)
      for vectorBits in Set([256, PipelineOptions().vectorBits]) {
        var options = PipelineOptions()
        options.vectorBits = vectorBits
        let executable = try Executable(tape, engine: .cpu, options: options)
        for threads in 1...2 {
          let found = try executable.run(inputs, threads: threads)
          #expect(
            zip(expected, found).allSatisfy { $0.isIdentical(to: $1) },
            "\(tape) at \(vectorBits) bits on \(threads) threads")
        }
      }
    }
  }
}
