import LoopIR
import SExpression
import ScalarIR
import TensorJITTestSupport
import Testing

/// Blocks and vectors so small that small programs have several.
private var smallGrid: GridOptions {
  var options = GridOptions()
  options.warpThreads = 2
  options.blockThreads = 4
  options.spreadBlocks = 1
  options.busyBlocks = 1
  options.vectorsPerThread = 2
  options.manyIterations = 8
  return options
}

/// The text of the only kernel's body, on one line.
private func bodyText(_ program: LoopProgram) -> String {
  let lines = "\(program.kernels[0])".split(separator: "\n").dropFirst()
  return String(lines.map { $0.drop { $0 == " " } }.joined(separator: " ").dropLast())
}

@Suite struct MapToGridTests {
  private func mapped(_ body: String) throws -> String {
    let program = try kernelProgram(body, x: 64, y: 64).mappedToGrid(smallGrid)
    try program.verifyGrids()
    return bodyText(program)
  }

  @Test func neighbouringElementsAreAVectorOfOneThread() throws {
    #expect(
      try mapped("(for i 64 (let v f32 (load x i)) (store y i v))")
        == """
        (for b 2 :block 0 (for t 4 :thread 0 (for r 2 :unrolled \
        (for i 4 :vector 4 \
        (let v f32 (load x (add (mul (add (add (mul b 8) t) (mul r 4)) 4) i))) \
        (store y (add (mul (add (add (mul b 8) t) (mul r 4)) 4) i) v)))))
        """)
  }

  @Test func whatIsNoWholeVectorIsTakenOneByOne() throws {
    let program = try kernelProgram(
      "(for i 30 (let v f32 (load x (mul i 2))) (store y i v))", x: 64, y: 30)
    let grid = program.mappedToGrid(smallGrid)
    #expect(bodyText(grid).contains("(for i 4 :vector 4"))
    #expect(bodyText(grid).contains("(else (for i.1"))
    let input = floats((0..<64).map(Float.init))
    #expect(try grid.interpret(inputs: [input]) == program.interpret(inputs: [input]))
  }

  @Test func definitionsBeforeALoopAreMadeInEachIteration() throws {
    #expect(
      try mapped(
        """
        (for i 16 (let c f32 (load x i))
          (for j 4 (let v f32 (load x (add (mul i 4) j))) (let w f32 (add c v))
            (store y (add (mul i 4) j) w)))
        """)
          == """
          (for b 2 :block 0 (for t 4 :thread 0 (for r 2 :unrolled \
          (let c f32 (load x (add (add (mul b 8) (mul r 4)) t))) \
          (for j 4 :vector 4 \
          (let v f32 (load x (add (mul (add (add (mul b 8) (mul r 4)) t) 4) j))) \
          (let w f32 (add c v)) \
          (store y (add (mul (add (add (mul b 8) (mul r 4)) t) 4) j) w)))))
          """)
  }

  @Test func definitionsBeforeTheOutermostLoopAre() throws {
    let text = try mapped("(let c f32 (constant 2)) (for i 64 (store y i c))")
    #expect(text.hasPrefix("(for b 2 :block 0 (for t 4 :thread 0 (for r 2 :unrolled (let c f32"))
  }

  @Test func lanesAreThreads() throws {
    #expect(
      try mapped(
        """
        (for i 16 :parallel
          (scratch s f32 4)
          (for l 4 (let v f32 (load x (add (mul i 4) l))) (store s l v))
          (for m 2 (let a f32 (load s m)) (let b f32 (load s (add m 2))) (let c f32 (add a b))
            (store s m c))
          (let d f32 (load s 0))
          (store y i d))
        """)
          == """
          (for i 16 :block 0 (scratch s f32 4) (for t 4 :thread 0 \
          (let v f32 (load x (add (mul i 4) t))) (store s t v) (barrier) \
          (if (less t 2) (then (let a f32 (load s t)) (let b f32 (load s (add t 2))) \
          (let c f32 (add a b)) (store s t c))) (barrier) \
          (let d f32 (load s 0)) (if (less t 1) (then (store y i d)))))
          """)
  }

  @Test func anArrayThatThreadsDoNotShareIsEachOnesOwn() throws {
    #expect(
      try mapped(
        """
        (for i 2 :parallel
          (scratch s f32 8)
          (for j 8 (let z f32 (constant 0)) (store s j z))
          (for k 4
            (for j2 8
              (let v f32 (load x (add (mul k 8) j2))) (let a f32 (load s j2))
              (let c f32 (add a v)) (store s j2 c)))
          (for j3 8 (let d f32 (load s j3)) (store y (add (mul i 8) j3) d)))
        """)
          == """
          (for i 2 :block 0 (for t 4 :thread 0 (scratch s f32 2) \
          (for j.round 2 :unrolled (let z f32 (constant 0)) (store s j.round z)) \
          (for k 4 :unrolled (for j2.round 2 :unrolled \
          (let v f32 (load x (add (mul k 8) (add (mul j2.round 4) t)))) \
          (let a f32 (load s j2.round)) (let c f32 (add a v)) (store s j2.round c))) \
          (for j3.round 2 :unrolled (let d f32 (load s j3.round)) \
          (store y (add (mul i 8) (add (mul j3.round 4) t)) d))))
          """)
  }

  @Test func longSequencesOfManyRowsAreAThreadEach() throws {
    let text = try mapped(
      """
      (for i 16 :parallel
        (scratch s f32 1)
        (let z f32 (constant 0))
        (store s 0 z)
        (for k 32
          (let v f32 (load x k)) (let a f32 (load s 0)) (let c f32 (add a v)) (store s 0 c))
        (let d f32 (load s 0))
        (store y i d))
      """)
    #expect(text.hasPrefix("(for b 4 :block 0 (for t 4 :thread 0 (scratch s f32 1)"))
  }

  @Test func whatIsNoLoopIsOneThread() throws {
    #expect(
      try mapped("(let v f32 (load x 0)) (store y 0 v)")
        == "(for b 1 :block 0 (for t 1 :thread 0 (let v f32 (load x 0)) (store y 0 v)))")
  }

  @Test func arraysThatSharedMemoryCannotHoldLieInABuffer() throws {
    let program = try kernelProgram(
      """
      (for i 2 :parallel
        (scratch s f32 4)
        (for l 4 (let v f32 (load x (add (mul i 4) l))) (store s l v))
        (for m 4 (let a f32 (load s (add 3 (mul m -1)))) (store y (add (mul i 4) m) a)))
      """)
    var options = smallGrid
    options.sharedBytes = 8
    let grid = program.mappedToGrid(options)
    try grid.verifyGrids()
    #expect(grid.buffers.last?.count == 8)
    #expect(grid.kernels[0].parameters.last?.name == "s")
    let results = try grid.memoryPlanned().interpret(inputs: [firstFloats])
    #expect(floats(results[0]) == [3, 2, 1, 0, 7, 6, 5, 4])
  }
}

@Suite struct GridVerifierTests {
  @Test(arguments: [
    ("(for i 8 (let v f32 (load x i)) (store y i v))", "expected one loop over blocks"),
    ("(for t 8 :thread 0 (let v f32 (load x t)) (store y t v))", "expected one loop over blocks"),
    ("(for b 8 :block 0 (let v f32 (load x b)) (store y b v))", "expected scratch, then one loop"),
    ("(for b 8 :block 0 (scratch s f32 4))", "expected scratch, then one loop over threads"),
    (
      "(for b 8 :block 0 (for c b :block 1 (for t 1 :thread 0)))",
      "expected a number of blocks made of sizes"
    ),
    ("(for b 8 :block 0 (for t b :thread 0))", "expected a constant number of threads"),
    ("(for b 8 :block 0 (for t 0 :thread 0))", "expected a constant number of threads, 1 or more"),
    (
      "(for b 8 :block 0 (for u 64 :thread 1 (for t 32 :thread 0)))",
      "expected at most 1024 threads"
    ),
    (
      "(for b 8 :block 0 (for t 4 :thread 0) (for u 4 :thread 0))",
      "found (for t 4 :thread 0 …) and 1 more"
    ),
    (
      "(for b 8 :block 0 (for t 4 :thread 0)) (for c 8 :block 0 (for u 4 :thread 0))",
      "expected one loop over blocks"
    ),
    (
      "(for b 8 :block 0 (for t 4 :thread 0 (barrier) (for u 4 :thread 1)))",
      "expected no loop over blocks or threads in a thread, found loop u"
    ),
  ]) func brokenRulesAreNamed(_ body: String, _ message: String) throws {
    let kernel = try kernelProgram(body).kernels[0]
    do throws(LoopError) {
      try kernel.verify()
      _ = try GridShape(of: kernel)
      Issue.record("\(body) passes")
    } catch {
      #expect(error.description.contains(message), "\(error)")
    }
  }

  @Test(arguments: [
    "(for b 8 :block 0 (for c 2 :block 1 (scratch s f32 4) (for t 4 :thread 0 (barrier))))",
    // All threads read the same element, so they agree on the condition.
    """
    (for b 2 :block 0 (for t 4 :thread 0
      (let v f32 (load x b)) (let z f32 (constant 0)) (let p bool (lt v z))
      (if (holds p) (then (barrier)))))
    """,
    """
    (for b 2 :block 0 (for t 4 :thread 0
      (let v f32 (load x b)) (let n i32 (convert v)) (for i (value n) (barrier))))
    """,
  ]) func gridsPass(_ body: String) throws {
    let kernel = try kernelProgram(body).kernels[0]
    try kernel.verify()
    _ = try GridShape(of: kernel)
  }

  @Test(arguments: [
    "(let v f32 (load x t)) (let z f32 (constant 0)) (let p bool (lt v z)) (if (holds p) (then (barrier)))",
    "(scratch s i32 1) (let n i32 (index t)) (store s 0 n) (let m i32 (load s 0)) (for i (value m) (barrier))",
    "(for i t (for j 2 (barrier)))",
  ]) func barriersUnderDivergentControlFlowDoNot(_ body: String) throws {
    let kernel = try kernelProgram("(for b 2 :block 0 (for t 4 :thread 0 \(body)))").kernels[0]
    #expect(throws: LoopError.self) { try kernel.verify() }
  }
}

@Suite struct SplitAtBarriersTests {
  @Test(arguments: [
    // A scalar and an array of a thread live across a barrier, in a loop with barriers.
    """
    (for b 2 :block 0
      (scratch s f32 4)
      (for t 4 :thread 0
        (scratch own f32 2)
        (let v f32 (load x (add (mul b 4) t)))
        (store own 0 v)
        (store own 1 v)
        (for i 3
          (let a f32 (load own 1))
          (let w f32 (add a v))
          (store s t w)
          (barrier)
          (let o f32 (load s (add 3 (mul t -1))))
          (store own 1 o)
          (barrier))
        (let r f32 (load own 1))
        (let q f32 (load own 0))
        (let z f32 (add r q))
        (store y (add (mul b 4) t) z)))
    """,
    // Threads along two axes, and a branch on what all of them read.
    """
    (for b 2 :block 0
      (scratch s f32 4)
      (for u 2 :thread 1 (for t 2 :thread 0
        (let v f32 (load x (add (mul b 4) (add (mul u 2) t))))
        (store s (add (mul u 2) t) v)
        (barrier)
        (let f f32 (load s 0))
        (let three f32 (constant 3))
        (let p bool (lt f three))
        (if (holds p)
          (then
            (let o f32 (load s (add (mul t 2) u)))
            (barrier)
            (let w f32 (add o v))
            (store s (add (mul u 2) t) w)))
        (barrier)
        (let r f32 (load s (add 3 (add (mul u -2) (mul t -1)))))
        (store y (add (mul b 4) (add (mul u 2) t)) r))))
    """,
  ]) func theyComputeTheSame(_ body: String) throws {
    let program = try kernelProgram(body)
    try program.verifyGrids()
    let split = program.splitAtBarriers()
    try split.verify()
    #expect(!split.kernels[0].isMapped)
    #expect(bodyText(split).hasPrefix("(for b 2 :parallel"))
    #expect(!bodyText(split).contains("barrier"))
    #expect(
      try split.interpret(inputs: [firstFloats]) == program.interpret(inputs: [firstFloats]))
  }
}
