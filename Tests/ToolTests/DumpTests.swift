import LoopIR
import SExpression
import TapeIR
import TapePasses
import TensorJIT
import Testing

struct DumpTests {
  @Test func canonicalTextOfATape() throws {
    #expect(
      try output(["dump-ir", "-"], input: softmax) == """
        (tape softmax [(x f32[4,8])]
          (m (reduce-max x :axes [1] :keep true)  f32[4,1])
          (v0 (broadcast m :shape [4 8])          f32[4,8])
          (v1 (sub x v0)                          f32[4,8])
          (e (exp v1)                             f32[4,8])
          (s (reduce-sum e :axes [1] :keep true)  f32[4,1])
          (v2 (broadcast s :shape [4 8])          f32[4,8])
          (y (div e v2)                           f32[4,8])
          (return y))

        """)
  }

  /// What a stage prints, in the languages that are ours, reads back and prints the same.
  @Test(arguments: Pipeline.stageNames(for: .cpu), [[], ["--grad"]])
  func stagesReadBack(_ stage: String, _ more: [String]) throws {
    let text = try output(["dump-ir", "-", "--after", stage] + more, input: softmax)
    switch stage {
    case "fuse":
      let fused = try FusedTape(parsing: SourceText(text))
      #expect(fused.description + "\n" == text)
    case "llvm": #expect(text.contains("define "))
    case "asm": #expect(text.contains("vmaxps") || text.contains(".text"))
    case _ where text.hasPrefix("(program"):
      let program = try LoopProgram(parsing: SourceText(text))
      try program.verify()
      #expect(program.text.trimmingSuffix("\n") == text.trimmingSuffix("\n"))
    default:
      let tape = try Tape(parsing: text)
      #expect(tape.description + "\n" == text)
      let names = more.isEmpty || stage == "capture" ? ["y"] : ["y", "grad-x"]
      #expect(tape.results.map(\.name) == names)
    }
  }

  @Test func stagesOfATarget() throws {
    let text = try output(
      ["dump-ir", "-", "--target", "ptx:sm_90a", "--after", "map"], input: softmax)
    let program = try LoopProgram(parsing: SourceText(text))
    try program.verifyGrids()
    let isMapped = !program.kernels.contains { !$0.isMapped }
    #expect(isMapped)
  }

  @Test(arguments: [("cpu", CodeTarget.cpu), ("grid", .grid)])
  func allStagesInOrder(_ name: String, _ target: CodeTarget) throws {
    let text = try output(["dump-ir", "-", "--all", "--target", name], input: softmax)
    let stages = text.split(separator: "\n").compactMap { line in
      line.hasPrefix("; after ") ? String(line.dropFirst("; after ".count)) : nil
    }
    #expect(stages == Pipeline.stageNames(for: target))
    for stage in stages where stage != "llvm" && stage != "asm" {
      let one = try output(["dump-ir", "-", "--after", stage, "--target", name], input: softmax)
      #expect(text.contains(one))
    }
  }

  @Test func gridsAndTheirLoops() throws {
    func program(_ stage: String) throws -> LoopProgram {
      let text = try output(
        ["dump-ir", "-", "--target", "grid", "--after", stage], input: softmax)
      return try LoopProgram(parsing: SourceText(text))
    }
    try program("map").verifyGrids()
    let split = try program("split")
    try split.verify()
    #expect(!split.kernels.contains { $0.isMapped })
  }

  @Test func allStagesOfAGPU() throws {
    let text = try output(["dump-ir", "-", "--all", "--target", "ptx:sm_80"], input: softmax)
    let stages = text.split(separator: "\n").compactMap { line in
      line.hasPrefix("; after ") ? String(line.dropFirst("; after ".count)) : nil
    }
    #expect(try stages == Pipeline.stages(for: .ptx(named: "sm_80")).map(\.name))
    #expect(text.contains(".target sm_80") && text.contains(".entry k0"))
    let ptx = try output(["dump-ir", "-", "--after", "ptx"], input: softmax)
    #expect(ptx.contains(".target sm_90a"))
    #expect(
      try ptx == output(["dump-ir", "-", "--after", "ptx", "--target", "ptx"], input: softmax))
    let mapped = try output(["dump-ir", "-", "--after", "map", "--target", "ptx"], input: softmax)
    #expect(mapped.hasPrefix("(program softmax"))
  }

  @Test func canonicalTextIsAFixedPoint() throws {
    let text = try output(["dump-ir", "-", "--grad"], input: softmax)
    #expect(try output(["dump-ir", "-"], input: text) == text)
  }

  @Test(arguments: [
    (["-", "--grad"], ["y", "grad-x", "grad-w"]),
    (["--grad", "-"], ["y", "grad-x", "grad-w"]),
    (["--grad", "--entry", "t", "-"], ["y", "grad-x", "grad-w"]),
    (["-", "--grad", "w"], ["y", "grad-w"]),
    (["--grad", "w", "-"], ["y", "grad-w"]),
    (["--grad", "w,x", "--entry", "t", "-"], ["y", "grad-w", "grad-x"]),
    (["--grad=w", "-"], ["y", "grad-w"]),
    (["--entry", "t", "--grad", "--", "-"], ["y", "grad-x", "grad-w"]),
    (["-"], ["y"]),
  ])
  func gradientsWithAndWithoutNames(_ arguments: [String], _ names: [String]) throws {
    let input = "(tape t [(x f32[2]) (i i32[2]) (w f32[2])] (y (mul x w)) (return y))"
    let tape = try Tape(parsing: output(["dump-ir"] + arguments, input: input))
    #expect(tape.results.map(\.name) == names)
  }

  @Test(arguments: [
    ("(tape a [(x f32[])] (return x))", "a"),
    ("(tape a [(x f32[])] (return x)) (tape b [(x f32[])] (return x))", "b"),
    ("(tape main [(x f32[])] (return x)) (tape b [(x f32[])] (return x))", "main"),
  ])
  func theEntryIsTheOnlyOneOrMainOrTheLast(_ text: String, _ name: String) throws {
    #expect(try Tape(parsing: output(["dump-ir", "-"], input: text)).name == name)
    let first = text.hasPrefix("(tape main") ? "main" : "a"
    let chosen = try output(["dump-ir", "-", "--entry", first], input: text)
    #expect(try Tape(parsing: chosen).name == first)
  }

  @Test(arguments: ["capture", "dead-code", "fuse"])
  func graphs(_ stage: String) throws {
    let text = try output(["dump-ir", "-", "--after", stage, "--format", "dot"], input: softmax)
    #expect(text.hasPrefix("digraph \"softmax\" {\n"))
    #expect(text.hasSuffix("}\n"))
    #expect(text.contains("[label=\"exp\\nf32[4,8]\"];"))
    #expect(text.contains("subgraph cluster_0") == (stage == "fuse"))
    #expect(text.count { $0 == "{" } == text.count { $0 == "}" })
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: Character) -> Substring {
    var text = self[...]
    while text.last == suffix { text.removeLast() }
    return text
  }
}
