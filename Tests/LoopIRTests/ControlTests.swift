import LoopIR
import SExpression
import ScalarIR
import Testing

/// Steps with steps in them.
struct ControlTests {
  /// A program that adds up the rows of x, doubling the sum while it is small, and squares rows or not.
  static let text = """
    (program sums
      (symbols N)
      (buffer x f32 (mul N 2) :input 0)
      (buffer p bool 1 :input 1)
      (buffer one f32 2 :constant 1)
      (buffer y f32 (mul N 2) :output)
      (buffer last f32 2 :output)
      (buffer a f32 2 :temporary)
      (buffer b f32 2 :temporary)
      (buffer q bool 1 :temporary)
      (buffer x_i f32 2 :slice x i)
      (buffer y_i f32 2 :slice y i)
      (kernel add [(u f32 :read) (v f32 :read) (w f32 :write)]
        (for k 2 (let s f32 (load u k)) (let t f32 (load v k)) (let r f32 (add s t)) (store w k r)))
      (kernel less [(u f32 :read) (w bool :write)]
        (let s f32 (load u 0)) (let t f32 (constant 100)) (let r bool (lt s t)) (store w 0 r))
      (copy one a)
      (for i N :reversed
        (launch add [a x_i b])
        (if p
          (then (launch add [b b y_i]))
          (else (copy b y_i)))
        (exchange a b))
      (while q
        (test (launch less [a q]))
        (do
          (launch add [a a b])
          (exchange a b)))
      (copy a last)
      (return (y y) (last last)))
    """

  private func parse(_ text: String) throws -> LoopProgram {
    try LoopProgram(parsing: SourceText(name: "control", text))
  }

  private let inputs = [
    Literal(
      dtype: .f32, sizes: [6],
      bits: [1, 2, 3, 4, 5, 6].map { ScalarValue(.f32, rounding: $0).bits }),
    Literal(splat: ScalarValue(true)),
  ]

  private func numbers(_ literal: Literal) -> [Double] {
    (0..<literal.count).map { literal[$0].double }
  }

  @Test func runsBeforeAndAfterThePlan() throws {
    let program = try parse(Self.text)
    for program in [program, program.memoryPlanned()] {
      try program.verify()
      let results = try program.interpret(inputs: inputs, symbols: [3])
      #expect(numbers(results[0]) == [20, 26, 18, 22, 12, 14])
      #expect(numbers(results[1]) == [160, 208])
      let none = try program.interpret(
        inputs: [Literal(dtype: .f32, sizes: [0], bits: []), Literal(splat: ScalarValue(false))],
        symbols: [0])
      #expect(numbers(none[0]) == [])
      #expect(numbers(none[1]) == [128, 128])
    }
  }

  @Test func textIsRead() throws {
    let program = try parse(Self.text)
    #expect(try parse(program.text) == program)
    let planned = program.memoryPlanned()
    #expect(try parse(planned.text) == planned)
  }

  @Test func whatLivesAcrossIterationsSharesNoPlace() throws {
    let planned = try parse(Self.text).memoryPlanned()
    var offsets: [Index] = []
    for buffer in planned.buffers {
      if case .temporary(let offset?) = buffer.role { offsets.append(offset) }
    }
    #expect(Set(offsets).count == offsets.count)
    #expect(planned.inPlaceCandidates().isEmpty)
  }

  @Test(arguments: [
    ("(for i N :reversed", "(for j N :reversed", "slice only in the loop of i"),
    ("(for i N :reversed", "(for i 4 :reversed", "slices that make up x"),
    ("(while q\n", "(while b\n", "a buffer of bool"),
    ("(copy one a)", "(copy one last)", "a written by a step before"),
    ("(copy one a)", "(copy one one)", "an output or a temporary to write to"),
    ("(copy one a)", "(copy a a)", "written by a step before"),
    ("(copy a last)", "(copy x last)", "two buffers of one type and size"),
    ("(exchange a b))\n  (while", "(exchange a last))\n  (while", "written by a step before"),
    ("(test (launch less [a q]))", "(test)", "q written by a step before"),
    ("(then (launch add [b b y_i]))", "(then)", "a step that writes it"),
    ("(buffer x_i f32 2 :slice x i)", "(buffer x_i i32 2 :slice x i)", "elements of f32"),
    ("(copy a last)", "(launch add [b a last])", "b written by a step before"),
  ])
  func rulesAreChecked(old: String, new: String, message: String) throws {
    #expect(Self.text.contains(old), "\(old)")
    let program = try parse(Self.text.replacing(old, with: new))
    #expect {
      try program.verify()
    } throws: { error in
      "\(error)".contains(message)
        ? true
        : {
          print(error)
          return false
        }()
    }
  }

  @Test(arguments: [
    ("(while q\n", "(while\n"), ("(then (launch add [b b y_i]))", "(do)"),
    ("(copy a last)", "(copy a)"), ("(copy a last)", "(copy a last x)"),
    ("(for i N :reversed", "(for i :reversed"),
    ("(exchange a b))\n  (while", "(exchange a))\n  (while"),
    (":slice x i", ":slice z i"),
  ])
  func malformedTextIsAnError(old: String, new: String) throws {
    #expect(Self.text.contains(old), "\(old)")
    #expect(throws: SourceError.self) { try parse(Self.text.replacing(old, with: new)) }
  }
}
