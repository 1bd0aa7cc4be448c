import IRSpecRunner
import TapeIR
import TensorJIT
import Testing

struct OtherCommandTests {
  @Test func theTableOfOps() throws {
    let lines = try output(["ops"]).split(separator: "\n")
    #expect(lines.count == 1 + OpTable.standard.ops.count + Sugar.standard.count)
    for (op, line) in zip(OpTable.standard.ops, lines.dropFirst()) {
      #expect(line.hasPrefix(op.name + " "))
      #expect(line.contains(op.kind.rawValue))
      #expect(line.contains("interpreter cpu"))
      for constraint in op.constraints { #expect(line.contains(constraint)) }
    }
  }

  @Test func specsThatHold() throws {
    let text = "(tape t [(x f32[])] (y (add x x)) (return y))\n; run: (t 1) == 2\n"
    #expect(try output(["check", "-"], input: text) == "files: 1, directives: 1, failures: 0\n")
  }

  @Test func specsOnAnEngineThatIsCompared() throws {
    let text = "(tape t [(x f32[])] (y (add x x)) (return y))\n; run: (t 1) == 2\n"
    #expect(
      try output(["check", "-", "--engine", "grid", "--compare", "grid"], input: text) == """
        files: 1, directives: 1, failures: 0
        grid and cpu: 1 results of the same bits, 0 of libraries within the tolerance, 0 that differ

        """)
    let wrong = tool(
      ["check", "-", "--engine", "grid", "--compare", "grid"],
      input: "(tape t [(x f32[])] (y (add x x)) (return y))\n; run: (t 1) == 3\n")
    #expect(wrong.status == 1 && wrong.output.isEmpty)
    let lines = wrong.errors.split(separator: "\n")
    #expect(lines.first == "<stdin>:2:1: error: y on grid is wrong; expected 3, found 2")
    #expect(lines.last?.hasPrefix("grid and cpu: 1 results of the same bits") == true)
    if let reason = Engine.cuda.unavailability {
      expectFailure(1, ["check", "-", "--compare", "cuda"], input: text, reason)
      expectFailure(1, ["check", "-", "--engine", "cuda"], input: text, reason)
    }
  }

  @Test func specsThatDoNot() throws {
    let folder = try TemporaryFolder(prefix: "tensorjit-test")
    let path = folder.path + "/bad.tape"
    let text = """
      (tape t [(x f32[])] (y (add x x)) (return y))
      ; run: (t 1) == 3
      ; run: (t 1 2) == 3
      """
    try writeFile(path, Array(text.utf8))
    let console = tool(["check", folder.path])
    #expect(console.status == 1)
    #expect(console.output.isEmpty)
    let lines = console.errors.split(separator: "\n")
    #expect(lines.count == SpecRunner().engines.count + 1)
    #expect(lines.first == "\(path):2:1: error: y on interpreter is wrong; expected 3, found 2")
    #expect(lines.last?.hasPrefix("\(path):3:8: error: ") == true)
  }

  @Test func tapesAreRewritten() throws {
    let folder = try TemporaryFolder(prefix: "tensorjit-test")
    let rules = folder.path + "/some.rules"
    let text = """
      (rule neg-neg (neg (neg ?x)) ?x)
      (rule log-exp (log (exp ?x)) ?x :fast true)
      """
    try writeFile(rules, Array(text.utf8))
    let tape = "(tape t [(x f32[2])] (y (neg (neg (abs (log (exp x)))))) (return y))"
    #expect(
      try output(["rewrite", "-", "--rules", rules], input: tape) == """
        (tape t [(x f32[2])]
          (y (abs x)  f32[2])
          (return y))

        """)
  }

  @Test func devices() throws {
    let lines = try output(["devices"]).split(separator: "\n")
    #expect(lines.first?.hasPrefix("cpu: ") == true && lines.count >= 2)
    #expect(lines[1].contains("cuda:0"))
  }
}
