import LoopIR
import SExpression
import Testing

@Suite struct SplitIntoLaunchesTests {
  private static var options: GridOptions {
    var options = GridOptions()
    options.launchIterations = 8
    return options
  }

  private func split(_ body: String, x: Int = 8, y: Int = 8) throws -> LoopProgram {
    let program = try kernelProgram(body, x: x, y: y)
    let split = program.splitIntoLaunches(Self.options)
    try split.verify()
    let input = floats((0..<x).map { Float($0) + 0.5 })
    #expect(try split.interpret(inputs: [input]) == program.interpret(inputs: [input]))
    let grid = split.mappedToGrid(Self.options)
    try grid.verifyGrids()
    #expect(try grid.interpret(inputs: [input]) == program.interpret(inputs: [input]))
    return split
  }

  @Test func aLongLoopBehindAReduction() throws {
    let program = try split(
      """
      (scratch s f32 4)
      (let c f32 (constant 2))
      (for l 4 (let v f32 (load x l)) (store s l v))
      (let a f32 (load s 0))
      (let b f32 (load s 3))
      (let m f32 (add a b))
      (for i 8 (let v1 f32 (load x i)) (let d f32 (sub v1 m)) (let e f32 (mul d c)) (store y i e))
      """)
    #expect(
      program.text == """
        (program p
          (buffer x f32 8 :input 0)
          (buffer y f32 8 :output)
          (buffer kept2 f32 1 :temporary)
          (kernel k_0 [(x f32 :read) (m.kept f32 :write)]
            (scratch s f32 4)
            (let c f32 (constant 2))
            (for l 4
              (let v f32 (load x l))
              (store s l v))
            (let a f32 (load s 0))
            (let b f32 (load s 3))
            (let m f32 (add a b))
            (store m.kept 0 m))
          (kernel k_1 [(x f32 :read) (y f32 :write) (m.kept f32 :read)]
            (let c f32 (constant 2))
            (for i 8
              (let m f32 (load m.kept 0))
              (let v1 f32 (load x i))
              (let d f32 (sub v1 m))
              (let e f32 (mul d c))
              (store y i e)))
          (launch k_0 [x kept2])
          (launch k_1 [x y kept2])
          (return (y y)))

        """)
    #expect(program.splitIntoLaunches(Self.options) == program)
  }

  @Test func scratchOfSeveralPartsBecomesATemporary() throws {
    let program = try split(
      """
      (scratch s f32 8)
      (for i 8 (let v f32 (load x i)) (store s i v))
      (scratch sum f32 1)
      (let z f32 (constant 0))
      (store sum 0 z)
      (for j 8 (let a f32 (load sum 0)) (let b f32 (load s j)) (let c f32 (add a b)) (store sum 0 c))
      (for k 2 (for l 4 (let d f32 (load s (add (mul k 4) l))) (let e f32 (load sum 0))
        (let f f32 (mul d e)) (store y (add (mul k 4) l) f)))
      """)
    #expect(program.kernels.map(\.name) == ["k_0", "k_1", "k_2"])
    #expect(program.buffers.map(\.count) == [8, 8, 8, 1])
    #expect(program.kernels[2].parameters.map(\.access) == [.write, .read, .read])
    // Constants that one part alone has stay with it.
    #expect(program.kernels[1].body.count == 3)
  }

  @Test func longLoopsBesideEachOther() throws {
    let program = try split(
      """
      (for i 8 (let v f32 (load x i)) (store y i v))
      (for j 8 (let w f32 (load x j)) (store y (add 8 j) w))
      """, y: 16)
    #expect(program.kernels.count == 2 && program.buffers.count == 2)
  }

  /// More scalars than are made again in each iteration.
  @Test func manyScalarsBeforeALongLoop() throws {
    let scalars = (0..<7).map { "(let s\($0) f32 (load x \($0)))" }.joined(separator: " ")
    let sums = (1..<7).map { "(let t\($0) f32 (add t\($0 - 1) s\($0)))" }.joined(separator: " ")
    let program = try split(
      "\(scalars) (for i 8 (let t0 f32 (load x i)) \(sums) (let u f32 (add t6 s0)) (store y i u))")
    #expect(program.kernels.count == 2)
    #expect(program.kernels[1].body.count == 1)
  }

  @Test func kernelsInLoopsOfSteps() throws {
    let text = """
      (program p
        (buffer x f32 8 :input 0)
        (buffer y f32 8 :output)
        (buffer z f32 8 :output)
        (kernel k [(x f32 :read) (y f32 :write)]
          (scratch s f32 1)
          (for l 4 (let v f32 (load x l)) (store s 0 v))
          (for i 8 (let w f32 (load x i)) (let m f32 (load s 0)) (let d f32 (sub w m)) (store y i d)))
        (launch k [x y])
        (launch k [y z])
        (for n 3 (launch k [z y]) (launch k [y z]))
        (return (y y) (z z)))
      """
    let program = try LoopProgram(parsing: SourceText(text))
    try program.verify()
    let split = program.splitIntoLaunches(Self.options)
    try split.verify()
    #expect(split.kernels.count == 2 && split.steps.launches.count == 8)
    #expect(
      try split.memoryPlanned().interpret(inputs: [firstFloats])
        == program.interpret(inputs: [firstFloats]))
  }

  @Test(arguments: [
    // One nest, which gets a grid as it is.
    "(let c f32 (load x 0)) (for i 8 (store y i c))",
    "(for i 8 (let v f32 (load x i)) (store y i v))",
    // Short loops.
    "(for i 4 (let v f32 (load x i)) (store y i v)) (for j 4 (let w f32 (load x j)) (store y (add j 4) w))",
    // Iterations that depend on each other.
    "(let z f32 (constant 0)) (store y 0 z) (for i 7 (let v f32 (load y i)) (store y (add i 1) v)) (for j 7 (let w f32 (load y (add j 1))) (store y j w))",
    // A number of iterations that an element tells.
    "(let v f32 (load x 0)) (let n i32 (convert v)) (let z f32 (constant 0)) (store y 7 z) (for i (value n) (store y i z))",
  ]) func whatStaysOneKernel(_ body: String) throws {
    let program = try kernelProgram(body)
    #expect(program.splitIntoLaunches(Self.options) == program)
  }
}
