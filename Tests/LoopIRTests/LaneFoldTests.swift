import LoopIR
import ScalarIR
import TensorJITTestSupport
import Testing

/// Lanes that are combined by halves become shuffles of a warp, which give the same bits.
@Suite struct LaneFoldTests {
  /// The sum of each row of `lanes` elements, by halves, in all elements of the row's result.
  static func rowSums(lanes: Int, rows: Int) -> String {
    var body = """
      (scratch s f32 \(lanes))
      (for l \(lanes) (let v f32 (load x (add (mul i \(lanes)) l))) (store s l v))

      """
    var half = lanes / 2
    while half > 1 {
      body += """
        (for h\(half) \(half)
          (let b\(half) f32 (load s (add h\(half) \(half))))
          (let a\(half) f32 (load s h\(half)))
          (let c\(half) f32 (add a\(half) b\(half)))
          (store s h\(half) c\(half)))

        """
      half /= 2
    }
    return """
      (for i \(rows) :parallel
        \(body)
        (let b f32 (load s 1)) (let a f32 (load s 0)) (let c f32 (add a b)) (store s 0 c)
        (let d f32 (load s 0))
        (for m \(lanes) (store y (add (mul i \(lanes)) m) d)))
      """
  }

  private func shuffleCount(_ program: LoopProgram) -> Int {
    var count = 0
    program.kernels[0].body.visit { statement, _ in
      if case .define(_, _, .shuffle) = statement { count += 1 }
    }
    return count
  }

  @Test(arguments: [16, 32, 64, 128, 512]) func theTreeStaysTheSame(_ lanes: Int) throws {
    let program = try kernelProgram(
      Self.rowSums(lanes: lanes, rows: 3), x: 3 * lanes, y: 3 * lanes)
    let grid = program.mappedToGrid()
    try grid.verifyGrids()
    #expect(shuffleCount(grid) == (lanes == 16 ? 4 : 5))
    // Sums of which each order has another result.
    var random = SplitMix64(seed: UInt64(lanes))
    let input = floats((0..<3 * lanes).map { _ in Float.random(in: -1e6...1e6, using: &random) })
    let expected = try program.interpret(inputs: [input])
    #expect(try grid.interpret(inputs: [input]) == expected)
    let split = grid.splitAtBarriers()
    try split.verify()
    #expect(shuffleCount(split) == 0)
    #expect(try split.interpret(inputs: [input]) == expected)
  }

  @Test func whatIsUsedBesidesTheTotalIsNoFold() throws {
    let body = Self.rowSums(lanes: 32, rows: 2)
      .replacing("(store y (add (mul i 32) m) d)", with: "(store y (add (mul i 32) m) b)")
    let program = try kernelProgram(body, x: 64, y: 64)
    let grid = program.mappedToGrid()
    #expect(shuffleCount(grid) == 0)
    let input = floats((0..<64).map { Float($0) })
    #expect(try grid.interpret(inputs: [input]) == program.interpret(inputs: [input]))
  }

  @Test func shufflesGoWithinAWarp() throws {
    let program = try kernelProgram(
      """
      (for b 1 :block 0 (for t 64 :thread 0
        (let v f32 (load x t))
        (let r f32 (shuffle v (add 31 (mul -1 (mod t 32)))))
        (store y t r)))
      """, x: 64, y: 64)
    try program.verifyGrids()
    let input = floats((0..<64).map { Float($0) })
    let expected = (0..<32).reversed().map(Float.init) + (32..<64).reversed().map(Float.init)
    #expect(try floats(program.interpret(inputs: [input])[0]) == expected)
    #expect(try floats(program.splitAtBarriers().interpret(inputs: [input])[0]) == expected)
  }
}
