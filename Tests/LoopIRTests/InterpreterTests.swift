import LoopIR
import SExpression
import ScalarIR
import Testing

/// The program of a text.
func program(_ text: String) throws -> LoopProgram {
  try LoopProgram(parsing: SourceText(text))
}

/// A program of one kernel on an input `x` of 8 floats and an output `y` of 8.
func kernelProgram(_ body: String, x: Int = 8, y: Int = 8) throws -> LoopProgram {
  try program(
    """
    (program p
      (buffer x f32 \(x) :input 0)
      (buffer y f32 \(y) :output)
      (kernel k [(x f32 :read) (y f32 :read-write)] \(body))
      (launch k [x y])
      (return (y y)))
    """)
}

func floats(_ values: [Float]) -> Literal {
  Literal(dtype: .f32, sizes: [values.count], bits: values.map { UInt64($0.bitPattern) })
}

func floats(_ literal: Literal) -> [Float] {
  literal.bits.map { Float(bitPattern: UInt32($0)) }
}

let firstFloats = floats((0..<8).map(Float.init))

@Suite struct InterpreterTests {
  @Test func loadsOutsideAConditionAreNotMade() throws {
    let program = try kernelProgram(
      """
      (for i 8
        (let a f32 (load x (add i 2) :if (less i 6) :else -1))
        (store y i a))
      """)
    #expect(
      floats(try program.interpret(inputs: [firstFloats])[0]) == [2, 3, 4, 5, 6, 7, -1, -1])
  }

  @Test func everyKindOfStatementRuns() throws {
    let program = try kernelProgram(
      """
      (for i 8 :parallel
        (scratch s f32 2)
        (let zero f32 (constant 0))
        (for l 2 :vector 2 (store s l zero))
        (for u 2 :unrolled
          (let a f32 (load x (mod (add i u) 8)))
          (let b f32 (load s u))
          (let c f32 (add a b))
          (store s u c))
        (let p i32 (index (mul i 3)))
        (let q f32 (convert p))
        (let r f32 (load s 0))
        (let t f32 (load s 1))
        (let big bool (gt r t))
        (if (holds big)
          (then (store y i q))
          (else (let f f32 (fma r t q)) (store y i f))))
      """)
    let result = floats(try program.interpret(inputs: [firstFloats])[0])
    #expect(result == [0, 5, 12, 21, 32, 45, 60, 21])
  }

  @Test func rarePathsAreTakenWhereTheirConditionHolds() throws {
    let program = try kernelProgram(
      """
      (for i 8
        (let a f32 (load x i))
        (let limit f32 (constant 5))
        (let p bool (ge a limit))
        (rarely b f32 p d a
          (let c f32 (mul a a))
          (let q bool (gt a limit))
          (rarely d f32 q e c
            (let e f32 (neg c))))
        (store y i b))
      """)
    try program.verify()
    #expect(
      floats(try program.interpret(inputs: [firstFloats])[0]) == [0, 1, 2, 3, 4, 25, -36, -49])
    #expect(try LoopProgram(parsing: SourceText("\(program)")) == program)
  }

  @Test func symbolsAreGivenInOrder() throws {
    let program = try program(
      """
      (program p
        (symbols A B)
        (buffer x i32 (mul A B) :input 0)
        (buffer y i32 (mul A B) :output)
        (kernel k [(x i32 :read) (y i32 :write)]
          (for i A (for j B
            (let v i32 (load x (add (mul i B) j)))
            (store y (add (mul j A) i) v))))
        (launch k [x y])
        (return (y y) (x x)))
      """)
    let input = Literal(dtype: .i32, sizes: [2, 3], bits: [1, 2, 3, 4, 5, 6])
    let results = try program.interpret(inputs: [input], symbols: [2, 3])
    #expect(results.map(\.bits) == [[1, 4, 2, 5, 3, 6], [1, 2, 3, 4, 5, 6]])
    #expect(throws: LoopError.self) { try program.interpret(inputs: [input], symbols: [2]) }
    #expect(throws: LoopError.self) { try program.interpret(inputs: [input], symbols: [2, 2]) }
  }

  @Test func matrixProductsTransposeAndBatch() throws {
    for (first, second) in [("[1 2 3 4 5 6]", false), ("[1 4 2 5 3 6]", true)] {
      let program = try program(
        """
        (program p
          (buffer a f64 12 :input 0)
          (buffer b f64 12 :constant [1 0 0 1 1 1  2 0 0 2 2 2])
          (buffer c f64 8 :output)
          (matrix-product f64 :batch 2 :m 2 :n 2 :k 3 :a a :b b :c c :transpose-a \(second))
          (return (c c)))
        """)
      let one = first.dropFirst().dropLast().split(separator: " ").compactMap { Double($0) }
      let input = Literal(dtype: .f64, sizes: [12], bits: (one + one).map(\.bitPattern))
      let result = try program.interpret(inputs: [input])[0].bits.map(Double.init(bitPattern:))
      #expect(result == [4, 5, 10, 11, 8, 10, 20, 22])
    }
  }

  @Test func threadsMeetAtBarriers() throws {
    let program = try kernelProgram(
      """
      (for b 2 :block 0
        (scratch s f32 4)
        (for t 4 :thread 0
          (let a f32 (load x (add (mul b 4) t)))
          (store s t a)
          (barrier)
          (let c f32 (load s (add 3 (mul t -1))))
          (store y (add (mul b 4) t) c)))
      """)
    #expect(floats(try program.interpret(inputs: [firstFloats])[0]) == [3, 2, 1, 0, 7, 6, 5, 4])
    let racing = try kernelProgram(
      """
      (for b 2 :block 0
        (scratch s f32 4)
        (for t 4 :thread 0
          (let a f32 (load x (add (mul b 4) t)))
          (store s t a)
          (let c f32 (load s (mul t 0)))
          (store y (add (mul b 4) t) c)))
      """)
    #expect(
      throws: LoopError.race(kernel: "k", loop: "t", array: "s", index: 0, iterations: [0, 1])
    ) { try racing.interpret(inputs: [firstFloats]) }
  }
}

@Suite struct InterpreterCheckTests {
  private func failure(_ body: String) throws -> LoopError? {
    let program = try kernelProgram(body)
    do throws(LoopError) {
      _ = try program.interpret(inputs: [firstFloats])
      return nil
    } catch { return error }
  }

  @Test func accessesBeyondArraysAreFound() throws {
    #expect(
      try failure("(for i 9 (let a f32 (load x i)) (store y (mod i 8) a))")
        == .outOfBounds(kernel: "k", array: "x", index: 8, count: 8))
    #expect(
      try failure("(for i 8 (let a f32 (load x i)) (store y (add i -1) a))")
        == .outOfBounds(kernel: "k", array: "y", index: -1, count: 8))
    #expect(
      try failure("(scratch s f32 4) (for i 8 (let a f32 (load x i)) (store s i a))")
        == .outOfBounds(kernel: "k", array: "s", index: 4, count: 4))
  }

  @Test func undefinedElementsAreFound() throws {
    #expect(
      try failure("(for i 8 (let a f32 (load y i)) (store y i a))")
        == .undefined(kernel: "k", array: "y", index: 0))
    #expect(
      try failure(
        """
        (for i 8
          (scratch s f32 1)
          (let a f32 (load x i))
          (if (less i 1) (then (store s 0 a)))
          (let b f32 (load s 0))
          (store y i b))
        """) == .undefined(kernel: "k", array: "s", index: 0))
    #expect(
      try failure("(for i 7 (let a f32 (load x i)) (store y i a))")
        == .undefinedResult(name: "y", index: 7))
  }

  @Test(arguments: ["parallel", "vector 8"])
  func racesAreFound(mark: String) throws {
    #expect(
      try failure("(for i 8 :\(mark) (let a f32 (load x i)) (store y (floordiv i 2) a))")
        == .race(kernel: "k", loop: "i", array: "y", index: 0, iterations: [0, 1]))
    #expect(
      try failure(
        """
        (for i 8 :\(mark)
          (let a f32 (load x i))
          (store y i a)
          (let b f32 (load y (max (add i -1) 0)))
          (store y i b))
        """) == .race(kernel: "k", loop: "i", array: "y", index: 0, iterations: [0, 1]))
  }

  @Test func aReadBeforeALaterIterationsWriteIsARace() throws {
    #expect(
      try failure(
        """
        (scratch s f32 9)
        (for j 9 (let z f32 (constant 0)) (store s j z))
        (for i 8 :vector 4
          (let a f32 (load s (add i 1)))
          (store y i a)
          (store s i a))
        """) == .race(kernel: "k", loop: "i", array: "s", index: 1, iterations: [0, 1]))
  }

  @Test func scratchOfAnIterationIsItsOwn() throws {
    #expect(
      try failure(
        """
        (for i 8 :parallel
          (scratch s f32 1)
          (let a f32 (load x i))
          (store s 0 a)
          (let b f32 (load s 0))
          (store y i b))
        """) == nil)
  }

  @Test func divisorsAreChecked() throws {
    #expect(
      try failure("(for i 8 (let a f32 (load x (mod 1 i))) (store y i a))")
        == .divisor(kernel: "k", value: 0))
  }

  @Test func overwrittenTemporariesCountAsUndefined() throws {
    let program = try program(
      """
      (program p
        (buffer x f32 2 :input 0)
        (buffer t f32 2 :temporary :offset 0)
        (buffer u f32 2 :temporary :offset 4)
        (buffer y f32 2 :output)
        (kernel copy [(a f32 :read) (b f32 :write)]
          (for i 2 (let v f32 (load a i)) (store b i v)))
        (launch copy [x t])
        (launch copy [x u])
        (launch copy [t y])
        (arena 12)
        (return (y y)))
      """)
    #expect(throws: LoopError.undefined(kernel: "copy", array: "a", index: 1)) {
      try program.interpret(inputs: [floats([1, 2])])
    }
  }
}
