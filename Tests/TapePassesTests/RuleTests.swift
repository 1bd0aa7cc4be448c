import SExpression
import ScalarIR
import TapeIR
import TapePasses
import Testing

/// Rules as text, and where they apply.
@Suite struct RuleTests {
  private func rules(_ text: String) throws -> RuleSet {
    try RuleSet(parsing: SourceText(name: "my.rules", text))
  }

  /// The body of a tape of f32 and i32 vectors after rewriting, without dead code.
  private func rewritten(_ expression: String, by rules: RuleSet) throws -> String {
    let tape = try Tape(
      parsing: """
        (tape t [(x f32[4]) (z f32[4]) (i i32[4]) (p bool[4])] (y \(expression)) (return y))
        """)
    let lines = try tape.rewritten(by: rules).withoutDeadCode().description.split(separator: "\n")
    return lines.dropFirst().dropLast().map { line in
      line.split(separator: " ").joined(separator: " ")
    }.joined(separator: "; ")
  }

  @Test(arguments: [
    ("(neg (neg x))", "(y x f32[4])"),
    ("(mul x 1)", "(y x f32[4])"),
    ("(mul 1 x)", "(y x f32[4])"),
    ("(mul x -1)", "(y (neg x) f32[4])"),
    ("(add i 0)", "(y i i32[4])"),
    ("(mul i 0)", "(y (constant 0 :type i32[4]) i32[4])"),
    ("(neg (neg (neg (neg (neg x)))))", "(y (neg x) f32[4])"),
    ("(select (not p) x z)", "(y (select p z x) f32[4])"),
    ("(not (not (not p)))", "(y (not p) bool[4])"),
    ("(select (not (not p)) x x)", "(y x f32[4])"),
    ("(convert (convert i :to f64) :to f32)", "(y (convert i :to f32) f32[4])"),
    ("(convert (convert i :to f64) :to i32)", "(y i i32[4])"),
  ])
  func standardRulesApply(_ expression: String, _ expected: String) throws {
    #expect(try rewritten(expression, by: .standard.exactRules) == expected)
  }

  @Test(arguments: [
    "(add x 0.0)", "(mul x 0)", "(sub x x)", "(div x x)", "(log (exp x))", "(exp (log x))",
    "(eq x x)", "(ne x x)", "(not (lt x z))", "(sub x -0.0)", "(sub 0 x)", "(mul x 2)",
    "(convert (convert x :to f16) :to f32)", "(convert (convert i :to f32) :to f64)",
    "(convert (convert (convert i :to i8) :to f32) :to u8)", "(add (add x 1) 2)",
  ])
  func standardRulesDoNotApply(_ expression: String) throws {
    #expect(
      try rewritten(expression, by: .standard.exactRules)
        == rewritten(expression, by: RuleSet()))
  }

  @Test(arguments: [
    ("(log (exp x))", "(y x f32[4])"),
    ("(sub x x)", "(y (constant 0 :type f32[4]) f32[4])"),
    ("(div x x)", "(y (constant 1 :type f32[4]) f32[4])"),
    ("(add x 0.0)", "(y x f32[4])"),
  ])
  func fastRulesApplyWhereAskedFor(_ expression: String, _ expected: String) throws {
    #expect(try rewritten(expression, by: .standard) == expected)
    var options = PassOptions()
    options.allowsValueChanges = true
    let tape = try Tape(parsing: "(tape t [(x f32[4])] (y \(expression)) (return y))")
    let other = try Tape(parsing: "(tape t [(x f32[4])] (y \(expression)) (return y))")
    #expect(try tape.optimized(options: options).nodes.count <= 1)
    #expect(try other.optimized().nodes.count >= 1)
  }

  @Test func holesRestsAndAttributes() throws {
    let rules = try rules(
      """
      (rule flat (concat (concat ?a ?bs... :axis ?n) :axis ?n) (concat ?a ?bs... :axis ?n))
      (rule sums (reduce-sum (neg ?x) :axes ?a :keep true) (neg (reduce-sum ?x :axes ?a :keep true)))
      (rule turn (transpose ?x :axes [0]) ?x)
      (rule twice (add ?x ?x) (mul ?x 2))
      (rule choose (select ?p ?x 0) (mul ?x (convert ?p :to f32)) :when (f32 ?x))
      """)
    #expect(
      try rewritten("(concat (concat x z x :axis 0) :axis 0)", by: rules)
        == "(y (concat x z x :axis 0) f32[12])")
    #expect(
      try rewritten("(reduce-sum (neg x) :axes [0] :keep true)", by: rules)
        == "(v0 (reduce-sum x :axes [0] :keep true) f32[1]); (y (neg v0) f32[1])")
    #expect(
      try rewritten("(reduce-sum (neg x) :axes [0])", by: rules)
        == "(v0 (neg x) f32[4]); (y (reduce-sum v0 :axes [0]) f32[])")
    #expect(try rewritten("(transpose x :axes [0])", by: rules) == "(y x f32[4])")
    #expect(
      try rewritten("(add x x)", by: rules)
        == "(v0 (constant 2 :type f32[4]) f32[4]); (y (mul x v0) f32[4])")
    #expect(try rewritten("(add x z)", by: rules) == "(y (add x z) f32[4])")
    #expect(
      try rewritten("(select p x 0)", by: rules)
        == "(v0 (convert p :to f32) f32[4]); (y (mul x v0) f32[4])")
    #expect(
      try rewritten("(select p i 0)", by: rules)
        == "(v0 (constant 0 :type i32[4]) i32[4]); (y (select p i v0) i32[4])")
  }

  @Test func rulesThatUndoEachOtherEnd() throws {
    let rules = try rules(
      """
      (rule there (add ?x ?y) (sub ?x (neg ?y)))
      (rule back (sub ?x (neg ?y)) (add ?x ?y))
      """)
    _ = try rewritten("(add x z)", by: rules)
  }

  @Test func replacementOfAnotherType() throws {
    let wrongType = try rules("(rule flatten (convert ?x :to f32) ?x)")
    expectError("rule flatten replaces a value of type f32[4] by one of type i32[4]") {
      _ = try rewritten("(convert i :to f32)", by: wrongType)
    }
    let wrongOperand = try rules("(rule no (neg ?x) (exp ?x))")
    expectError(
      "rule no: <text>:1:59: error: C1: exp needs a floating operand, found i32[4] (exp of i32[4])"
    ) {
      _ = try rewritten("(neg i)", by: wrongOperand)
    }
  }

  @Test func rulesBesideTapes() throws {
    let file = try SourceFile(
      SourceText("(tape t [(x f32[])] (y (neg x)) (return y)) (rule r (neg ?x) ?x)"))
    #expect(try RuleSet(file).rules.map(\.name) == ["r"])
  }

  @Test(arguments: [
    ("(rule r)", "1:1: error: malformed rule"),
    ("(rule 3 (neg ?x) ?x)", "1:1: error: malformed rule"),
    ("(tape t [] (return x))", "1:1: error: malformed rule"),
    ("(rule r ?x ?x)", "1:1: error: a pattern is a use of an op"),
    ("(rule r (neg ?x) ?y)", "1:1: error: the pattern does not bind ?y to such a thing"),
    ("(rule r (neg ?x)\n  (add ?x (exp ?z)))", "2:11: error: the pattern does not bind ?z"),
    ("(rule r (negate ?x) ?x)", "1:9: error: unknown op negate"),
    ("(rule r (matmul ?x ?y) ?x)", "1:9: error: unknown op matmul"),
    ("(rule r (add ?x) ?x)", "1:9: error: C0: add takes 2 operands; found 1"),
    ("(rule r (concat ?xs... ?x :axis 0) ?x)", "1:9: error: the rest of the operands stands last"),
    ("(rule r (concat ?xs... :axis 0) ?xs...)", "1:1: error: a node is replaced by one value"),
    ("(rule r (add ?x name) ?x)", "1:9: error: no term"),
    ("(rule r (neg ?x :axis 0) ?x)", "1:9: error: malformed attribute of neg"),
    ("(rule r (reduce-sum ?x :axes 0) ?x)", "1:9: error: malformed value of :axes"),
    ("(rule r (reduce-sum ?x :axes ?x) ?x)", "1:9: error: ?x stands for two things"),
    ("(rule r (constant 1 :type f32[]) 2)", "1:9: error: a rule writes constants as literals"),
    ("(rule r (neg ?x) ?x :when (odd ?x))", "1:27: error: unknown test odd"),
    ("(rule r (neg ?x) ?x :when (integer ?y))", "1:27: error: the pattern does not bind ?y"),
    ("(rule r (neg ?x) ?x :when (same-type ?x))", "1:27: error: malformed test"),
    ("(rule r (neg ?x) ?x :when integer)", "1:1: error: no test"),
    ("(rule r (neg ?x) ?x :fast 1)", "1:1: error: malformed option of a rule"),
    ("(rule r (neg ?x) ?x :slow true)", "1:1: error: malformed option of a rule"),
    ("(rule r (neg ?x) ?x) (rule r (abs ?x) ?x)", "1:22: error: a second rule r"),
    ("(rule r (neg ?x) ?x", "1:1: error: "),
  ])
  func wrongText(_ text: String, _ message: String) {
    do {
      _ = try rules(text)
      Issue.record("no error for \(text)")
    } catch {
      #expect(String(describing: error).hasPrefix("my.rules:\(message)"), "\(error)")
    }
  }

  @Test("what rules put in place does not grow beyond a multiple of the tape")
  func growingRuleEnds() throws {
    let tape = try Tape(parsing: "(tape t [(x f32[4])] (y (neg x)) (return y))")
    for text in [
      "(rule grow (neg ?x) (neg (neg ?x)))", "(rule fork (neg ?x) (add (neg ?x) (neg (abs ?x))))",
    ] {
      #expect(try tape.rewritten(by: rules(text)).nodes.count < 2000)
    }
  }
}
