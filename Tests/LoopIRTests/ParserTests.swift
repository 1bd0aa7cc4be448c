import LoopIR
import SExpression
import ScalarIR
import Testing

@Suite struct ParserTests {
  @Test func theSampleReadsBack() throws { #expect(try program(sampleText) == sample) }

  @Test func oddNamesAndNaNsReadBack() throws {
    var odd = sample
    odd.name = "f32[4] (x)"
    odd.symbols = ["1x", "B"]
    odd.buffers[0].name = "true"
    odd.buffers[2].name = "résumé \"q\"\n"
    odd.kernels[0].name = "-inf"
    odd.results = [
      ProgramResult(name: "", buffer: BufferID(0)), ProgramResult(name: ":k", buffer: BufferID(2)),
    ]
    odd.buffers.append(
      BufferDeclaration(
        name: "nan", dtype: .f32, count: 3,
        role: .constant(
          Literal(dtype: .f32, sizes: [3], bits: [0xFFC0_0000, 0x7FC0_0000, 0x8000_0000]))))
    odd.buffers.append(
      BufferDeclaration(
        name: "none", dtype: .bool, count: 0,
        role: .constant(Literal(dtype: .bool, sizes: [2, 0], bytes: []))))
    odd.buffers.append(
      BufferDeclaration(
        name: "same", dtype: .u64, count: 0,
        role: .constant(Literal(splat: .highest(.u64), sizes: [0]))))
    #expect(try program(odd.text) == odd)
  }

  @Test func checksReadBack() throws {
    var checked = sample
    let status = BufferID(checked.buffers.count)
    checked.buffers.append(
      BufferDeclaration(
        name: "status", dtype: .i64, count: .constant(ProgramCheck.statusCount), role: .output))
    checked.steps += [
      .check(
        ProgramCheck(
          op: "take", status: status, dtype: .u8, sizes: [3], vectorAxis: nil, limits: [7])),
      .check(
        ProgramCheck(
          op: "gather", status: status, dtype: .i64, sizes: [.symbol("B"), 2], vectorAxis: 1,
          limits: [.symbol("B") + -1, 4])),
    ]
    #expect(try program(checked.text) == checked)
  }

  @Test(arguments: [
    ("(tape x)", "1:1", "no program"),
    ("(program p)", "1:1", "a program without results"),
    ("(program p (buffer x f33 4 :input 0) (return))", "1:22", "unknown element type"),
    ("(program p (buffer x f32 4 :inputs 0) (return))", "1:28", "unknown role"),
    ("(program p (buffer x f32 4.0 :input 0) (return))", "1:26", "no index"),
    ("(program p (buffer x f32 4 :input) (return))", "1:12", "the form ends early"),
    ("(program p (buffer x f32 4 :output 1) (return))", "1:36", "one element too many"),
    ("(program p (buffer x f32 2 :constant [1]) (return))", "1:38", "1 elements"),
    ("(program p (buffer x i8 1 :constant 200) (return))", "1:37", "no value of i8"),
    (
      "(program p (buffer x f32 4 :output) (buffer x f32 4 :output) (return))", "1:37",
      "buffer x twice"
    ),
    ("(program p (launch k []) (return))", "1:20", "no kernel k"),
    ("(program p (kernel k [(x f32 :reed)]) (return))", "1:30", "unknown access"),
    ("(program p (kernel k [x]) (return))", "1:23", "no form"),
    ("(program p (kernel k [] (loop i 4)) (return))", "1:25", "unknown statement"),
    ("(program p (kernel k [] (for i 4 :fast)) (return))", "1:34", "unknown mark"),
    ("(program p (kernel k [] (for i (sub 4 1))) (return))", "1:32", "unknown index"),
    ("(program p (kernel k [] (for i (add 4 1 1))) (return))", "1:41", "one element too many"),
    ("(program p (kernel k [] (let a f32 (frob b))) (return))", "1:36", "unknown expression"),
    ("(program p (kernel k [] (let a i32 (constant 1.5))) (return))", "1:46", "no value of i32"),
    ("(program p (kernel k [] (let a i32 (load x 0 :or 1))) (return))", "1:46", "unknown keyword"),
    ("(program p (kernel k [] (if (eq a b) (then))) (return))", "1:29", "unknown condition"),
    ("(program p (kernel k [] (if (and) (else))) (return))", "1:35", "no (then …)"),
    ("(program p (matrix-product f32 :m 1 :n 1) (return))", "1:12", "an incomplete matrix product"),
    ("(program p (return (y z)))", "1:23", "no buffer z"),
    ("(program p (return (y)))", "1:20", "the form ends early"),
    ("(program p (returns))", "1:12", "unknown part of a program"),
    ("(program p (return)) x", "1:22", "more than one expression"),
  ])
  func errorsPointIntoTheText(text: String, position: String, message: String) throws {
    let error = try #require(throws: SourceError.self) { try program(text) }
    #expect(error.position.description == position && error.message == message, "\(error)")
  }
}
