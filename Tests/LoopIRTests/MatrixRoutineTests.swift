import LoopIR
import SExpression
import ScalarIR
import Testing

/// Calls of linear algebra as steps of programs.
@Suite struct MatrixRoutineTests {
  private func program(_ text: String) throws -> LoopProgram {
    try LoopProgram(parsing: SourceText(text))
  }

  /// A program of one routine on matrices of 2 by 2.
  private func text(_ routine: String, operands: Int, results: [Int]) -> String {
    let reads = (0..<operands).map { "(buffer x\($0) f64 4 :input \($0))" }
    let writes = results.enumerated().map { "(buffer y\($0) f64 \($1) :output)" }
    let returned = results.indices.map { "(y\($0) y\($0))" }.joined(separator: " ")
    return """
      (program p \(reads.joined()) \(writes.joined())
        (matrix-routine \(routine) f64 :rows 2 :columns 2
          :operands [\((0..<operands).map { "x\($0)" }.joined(separator: " "))]
          :results [\(results.indices.map { "y\($0)" }.joined(separator: " "))])
        (return \(returned)))
      """
  }

  private static let routines: [(name: String, operands: Int, results: [Int])] = [
    ("cholesky", 1, [4]), ("triangular-solve", 2, [4]), ("qr", 1, [4, 4]), ("svd", 1, [4, 2, 4]),
    ("eigh", 1, [2, 4]),
  ]

  @Test func whatIsPrintedReadsBack() throws {
    for routine in Self.routines {
      let read = try program(
        text(routine.name, operands: routine.operands, results: routine.results))
      try read.verify()
      #expect(try program(read.text) == read)
    }
    let flags = try program(
      """
      (program p (symbols B N) (buffer a f32 (mul B (mul N N)) :input 0)
        (buffer b f32 (mul B N) :input 1) (buffer y f32 (mul B N) :output)
        (matrix-routine triangular-solve f32 :batch B :rows 1 :columns N :operands [a b] :results [y]
          :right true :upper true :transpose true :unit-diagonal true)
        (return (y y)))
      """)
    try flags.verify()
    #expect(try program(flags.text) == flags)
    for flag in [":right true", ":upper true", ":transpose true", ":unit-diagonal true"] {
      #expect(flags.text.contains(flag))
    }
    let a = Literal(
      dtype: .f32, sizes: [4], bits: [5, 3, 7, 9].map { Float($0).bitPattern }.map { UInt64($0) })
    let b = Literal(
      dtype: .f32, sizes: [2], bits: [1, 2].map { Float($0).bitPattern }.map { UInt64($0) })
    // y · aᵀ = b with a = [1 3; 0 1]: y₁ + 3 y₂ = 1, y₂ = 2.
    let y = try flags.interpret(inputs: [a, b], symbols: [1, 2])[0]
    #expect((0..<2).map { y[$0].double } == [-5, 2])
  }

  @Test(arguments: [
    ("cholesky f64 :rows 2 :columns 2 :operands [x x] :results [y]", "expected 1 operand buffer"),
    ("qr f64 :rows 2 :columns 2 :operands [x] :results [y]", "expected 2 result buffers"),
    (
      "qr f64 :rows 2 :columns 2 :operands [x] :results [y y]",
      "expected result buffers of their own"
    ),
    ("cholesky f64 :rows 2 :columns 2 :operands [x] :results [x]", "expected an output"),
    ("cholesky f64 :rows 2 :columns 2 :operands [y] :results [y]", "expected y written by a step"),
    ("cholesky f32 :rows 2 :columns 2 :operands [x] :results [y]", "expected a buffer of f32"),
    ("cholesky i32 :rows 2 :columns 2 :operands [x] :results [y]", "expected f32 or f64"),
    ("cholesky f64 :rows -2 :columns 2 :operands [x] :results [y]", "expected a size of 0 or more"),
  ])
  func callsAreChecked(call: String, message: String) throws {
    let program = try program(
      """
      (program p (buffer x f64 4 :input 0) (buffer y f64 4 :output)
        (matrix-routine \(call)) (return (y y)))
      """)
    let error = try #require(throws: LoopError.self) { try program.verify() }
    #expect(error.description.contains(message), "\(error)")
  }

  @Test(arguments: [
    ("(matrix-routine lu f64)", "unknown routine"),
    ("(matrix-routine qr f64 :depth 2)", "unknown keyword"),
    ("(matrix-routine qr f64 :rows 2 :columns 2 :operands [])", "an incomplete routine"),
    ("(matrix-routine qr f64 :operands [z])", "no buffer z"),
  ])
  func malformedCalls(call: String, message: String) throws {
    let error = try #require(throws: SourceError.self) {
      try program("(program p \(call) (return))")
    }
    #expect(error.message == message, "\(error)")
  }
}
