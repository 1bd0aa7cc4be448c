import LoopIR
import ScalarIR
import Testing

/// The interpreter finds what would go wrong on a GPU only sometimes.
@Suite struct GridFaultTests {
  private static var grid: GridOptions {
    var options = GridOptions()
    options.warpThreads = 4
    options.blockThreads = 8
    return options
  }

  /// Kernels whose threads need every barrier.
  static let kernels = [
    // A sum over each row, in lanes.
    """
    (for i 4 :parallel
      (scratch s f32 4)
      (for l 4 (let v f32 (load x (add (mul i 4) l))) (store s l v))
      (for m 2 (let a f32 (load s m)) (let b f32 (load s (add m 2))) (let c f32 (add a b))
        (store s m c))
      (let d f32 (load s 0))
      (let e f32 (load s 1))
      (let f f32 (add d e))
      (for n 4 (store y (add (mul i 4) n) f)))
    """,
    // A transposition through a tile, twice.
    """
    (for i 1 :parallel
      (for k 2
        (scratch s f32 8)
        (for j 2 (for h 4 (let v f32 (load x (add (mul k 8) (add (mul j 4) h))))
          (store s (add (mul j 4) h) v)))
        (for h2 4 (for j2 2 (let w f32 (load s (add (mul j2 4) h2)))
          (store y (add (mul h2 2) j2) w) (store y (add 8 (add (mul h2 2) j2)) w)))))
    """,
    // A sequence in one thread, from which all take.
    """
    (for i 2 :parallel
      (scratch s f32 8)
      (scratch sum f32 1)
      (let z f32 (constant 0))
      (store sum 0 z)
      (for k 8
        (let v f32 (load x (add (mul i 8) k))) (let a f32 (load sum 0)) (let c f32 (add a v))
        (store sum 0 c)
        (store s k c))
      (for j 8 (let w f32 (load s j)) (store y (add (mul i 8) j) w)))
    """,
  ]

  private let input = floats((0..<16).map(Float.init))

  @Test(arguments: kernels) func missingBarriersAreFound(_ body: String) throws {
    try checkBarriers(of: kernelProgram(body, x: 16, y: 16), Self.grid, input)
  }

  /// Lanes of several warps that one warp combines in shuffles; more than a block's threads, too.
  @Test(arguments: [64, 128, 512]) func missingBarriersAroundFoldsAreFound(
    _ lanes: Int
  ) throws {
    let program = try kernelProgram(
      LaneFoldTests.rowSums(lanes: lanes, rows: 2), x: 2 * lanes, y: 2 * lanes)
    let input = floats((0..<2 * lanes).map { Float($0) * 0.3 })
    try checkBarriers(of: program, GridOptions(), input)
  }

  private func checkBarriers(
    of program: LoopProgram, _ options: GridOptions, _ input: Literal
  ) throws {
    let grid = program.mappedToGrid(options)
    try grid.verifyGrids()
    let expected = try program.interpret(inputs: [input])
    #expect(try grid.interpret(inputs: [input]) == expected)
    let split = grid.splitAtBarriers()
    try split.verify()
    #expect(try split.interpret(inputs: [input]) == expected)
    let count = grid.kernels[0].body.barrierCount
    #expect(count > 0, "\(grid)")
    for number in 0..<count {
      var broken = grid
      var left = number
      broken.kernels[0].body = grid.kernels[0].body.removingBarrier(&left)
      do throws(LoopError) {
        _ = try broken.interpret(inputs: [input])
        Issue.record("nothing is found without barrier \(number) of\n\(grid)")
      } catch {
        switch error {
        case .race, .undefined: break
        case .invalid, .argument, .outOfBounds, .divisor, .index, .host, .undefinedResult:
          Issue.record("\(error)")
        }
      }
    }
  }

  private func failure(_ body: String) throws -> LoopError? {
    let program = try kernelProgram(body)
    do throws(LoopError) {
      _ = try program.interpret(inputs: [firstFloats])
      return nil
    } catch { return error }
  }

  @Test func accessesBeyondSharedMemoryAreFound() throws {
    #expect(
      try failure(
        """
        (for b 2 :block 0
          (scratch s f32 4)
          (for t 4 :thread 0
            (let v f32 (load x (add (mul b 4) t)))
            (store s (add t 1) v)
            (barrier)
            (let w f32 (load s t))
            (store y (add (mul b 4) t) w)))
        """) == .outOfBounds(kernel: "k", array: "s", index: 4, count: 4))
  }

  @Test func unwrittenSharedMemoryIsFound() throws {
    #expect(
      try failure(
        """
        (for b 2 :block 0
          (scratch s f32 4)
          (for t 4 :thread 0
            (let v f32 (load x (add (mul b 4) t)))
            (if (less t 3) (then (store s t v)))
            (barrier)
            (let w f32 (load s (add 3 (mul t -1))))
            (store y (add (mul b 4) t) w)))
        """) == .undefined(kernel: "k", array: "s", index: 3))
  }

  /// A barrier holds together the threads of a block, not the blocks.
  @Test func racesBetweenBlocksAreFoundInSpiteOfBarriers() throws {
    #expect(
      try failure(
        """
        (for b 2 :block 0
          (for t 4 :thread 0
            (let v f32 (load x (add (mul b 4) t)))
            (store y (add (mul b 4) t) v)
            (barrier)
            (let w f32 (load x t))
            (if (less t 1) (then (store y 7 w)))))
        """) == .race(kernel: "k", loop: "b", array: "y", index: 7, iterations: [0, 1]))
  }
}

extension [Statement] {
  fileprivate var barrierCount: Int {
    var count = 0
    visit { statement, _ in if case .barrier = statement { count += 1 } }
    return count
  }

  /// The statements without the barrier of that number.
  fileprivate func removingBarrier(_ number: inout Int) -> [Statement] {
    var result: [Statement] = []
    for statement in self {
      switch statement {
      case .barrier:
        number -= 1
        if number != -1 { result.append(statement) }
      case .loop(var loop):
        loop.body = loop.body.removingBarrier(&number)
        result.append(.loop(loop))
      case .conditional(let condition, let then, let otherwise):
        let first = then.removingBarrier(&number)
        result.append(
          .conditional(condition, then: first, else: otherwise.removingBarrier(&number)))
      case .define, .store, .scratch: result.append(statement)
      }
    }
    return result
  }
}
