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

  @Test(arguments: [
    // A scalar of the last halving.
    ("(store y (add (mul i 32) m) d)", "(store y (add (mul i 32) m) b)"),
    // Another lane.
    ("(let d f32 (load s 0))", "(let d f32 (load s 1))"),
    // Lanes that the rows after it see, too.
    ("(for i 2 :parallel\n  (scratch s f32 32)", "(scratch s f32 32) (for i 2"),
  ]) func whatIsUsedBesidesTheTotalIsNoFold(_ old: String, _ new: String) throws {
    let whole = Self.rowSums(lanes: 32, rows: 2)
    let body = whole.replacing(old, with: new)
    #expect(body != whole)
    let program = try kernelProgram(body, x: 64, y: 64)
    let grid = program.mappedToGrid()
    #expect(shuffleCount(grid) == 0)
    let input = floats((0..<64).map { Float($0) })
    #expect(try grid.interpret(inputs: [input]) == program.interpret(inputs: [input]))
  }

  /// What all threads have, and a lane that each thread reads.
  @Test func shufflesOfAnythingFromAnywhere() throws {
    let program = try kernelProgram(
      """
      (for b 1 :block 0 (for t 32 :thread 0
        (let v f32 (load x t))
        (let n i32 (convert v))
        (let two f32 (constant 2))
        (let c f32 (shuffle two t))
        (let r f32 (shuffle v (mod (value n) 32)))
        (let z f32 (mul c r))
        (store y t z)))
      """, x: 32, y: 32)
    let input = floats((0..<32).map { Float(($0 * 7 + 3) % 32) })
    let values = floats(input)
    let expected = values.map { 2 * values[Int($0)] }
    let split = program.splitAtBarriers()
    try split.verify()
    #expect(try floats(program.interpret(inputs: [input])[0]) == expected)
    #expect(try floats(split.interpret(inputs: [input])[0]) == expected)
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
