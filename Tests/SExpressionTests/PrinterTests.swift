import SExpression
import Testing

/// Makes random expressions that the grammar can write.
private struct ExpressionGenerator {
  var random: SeededGenerator

  private static let names = [
    "x", "reduce-max", "?xs...", "->", "-", "a|b", "f32", "true_", "long-name-of-some-intermediate",
  ]
  private static let strings = ["", "a b", "\"\\\n\t", "é→😀", "\u{0}\u{7F}\r", "; (", "e\u{301}"]

  mutating func expression(depth: Int) -> SExpression {
    switch Int.random(in: 0..<(depth > 0 ? 12 : 8), using: &random) {
    case 0, 1: symbol(pick(Self.names))
    case 2: SExpression(.keyword(pick(["axes", "k", "lhs-batch", "1"])))
    case 3: integer(pick(["0", "-17", "0xFF", "123456789012345678901234567890"]))
    case 4: SExpression(.float(pick(["1.5", "-0.0", "1e-5", "0x1.8p-3", "inf", "-inf", "nan"])))
    case 5: SExpression(.boolean(Bool.random(using: &random)))
    case 6: SExpression(.string(pick(Self.strings)))
    case 7: type(depth: depth)
    case 8, 9: SExpression(.list(elements(depth: depth - 1)))
    default: SExpression(.form(elements(depth: depth - 1)))
    }
  }

  private mutating func type(depth: Int) -> SExpression {
    let sizes = (0..<Int.random(in: 0..<4, using: &random)).map { _ in
      switch Int.random(in: 0..<(depth > 0 ? 3 : 2), using: &random) {
      case 0: integer(pick(["4", "1024", "-1"]))
      case 1: symbol(pick(["B", "2*B+1", "-3*T", "B-1"]))
      default: SExpression(.form(elements(depth: depth - 1)))
      }
    }
    return SExpression(.type(pick(["f32", "bool", "i8"]), sizes))
  }

  private mutating func elements(depth: Int) -> [SExpression] {
    (0..<Int.random(in: 0..<7, using: &random)).map { _ in expression(depth: depth) }
  }

  private mutating func pick(_ choices: [String]) -> String {
    choices[Int.random(in: 0..<choices.count, using: &random)]
  }
}

@Suite struct PrinterTests {
  @Test(arguments: [
    ("( add  x , y :axes [ 0,1 ] )", "(add x y :axes [0 1])"),
    ("f32[ 4  8 ]", "f32[4,8]"),
    ("(a;c\n b)", "(a b)"),
    (#""\u{7}é\u{e9}""#, #""\u{7}éé""#),
    ("[f32[(max A B),2*B+1] []()]", "[f32[(max A B),2*B+1] [] ()]"),
  ])
  func canonical(text: String, printed: String) throws {
    #expect(try read(text).description == printed)
  }

  @Test func randomExpressionsReadBack() throws {
    var generator = ExpressionGenerator(random: SeededGenerator(seed: 7))
    for round in 0..<4_000 {
      let expression = generator.expression(depth: 5)
      #expect(try read(expression.description) == expression)
      let width = [0, 10, 40, 80][round % 4]
      #expect(try read(expression.prettyPrinted(width: width)) == expression)
    }
  }

  @Test func equalityIgnoresPositions() throws {
    let near = try read("(f [x f32[4]])")
    let far = try read("\n\n  (f\n[x,f32[ 4 ]])")
    #expect(near == far)
    #expect(near.hashValue == far.hashValue)
    #expect(near.position != far.position)
    #expect(try read("(f [x])") != read("[f [x]]"))
    #expect(try read("1") != read("01"))
    #expect(
      SourcePosition(line: 1, column: 9, offset: 8) < SourcePosition(line: 2, column: 1, offset: 10)
    )
  }

  @Test func prettyTape() throws {
    let tape = try read(
      """
      (tape softmax [(x f32[4,8])] (m (reduce-max x :axes [1] :keep true) f32[4,1])
       (d (sub x m) f32[4,8]) (return d))
      """)
    #expect(
      tape.prettyPrinted(width: 60) == """
        (tape softmax [(x f32[4,8])]
          (m (reduce-max x :axes [1] :keep true) f32[4,1])
          (d (sub x m) f32[4,8])
          (return d))
        """)
    #expect(tape.prettyPrinted(width: 200) == tape.description)
  }

  @Test func prettyListsAndKeywords() throws {
    #expect(
      try read("(constant [1 2 3 4 5 6 7 8] :type f32[8] :note \"why\")").prettyPrinted(width: 16)
        == """
        (constant
          [1 2 3 4 5 6 7
           8]
          :type f32[8]
          :note "why")
        """)
    #expect(
      try read("[(linear w1 b1) (linear w2 b2) a b]").prettyPrinted(width: 20) == """
        [(linear w1 b1)
         (linear w2 b2)
         a b]
        """)
  }

  @Test func prettyLinesFitTheWidth() throws {
    let text = "(f " + String(repeating: "(g a b c [1 2 3 4 5 6 7 8 9] :k v) ", count: 50) + ")"
    let printed = try read("(h \(text) \(text))").prettyPrinted(width: 24)
    #expect(printed.split(separator: "\n").allSatisfy { $0.count <= 24 })
  }

  @Test func summaries() throws {
    #expect(try read("(add x y)").summary == "(add …)")
    #expect(try read("(f)").summary == "(f)")
    #expect(try read("()").summary == "()")
    #expect(try read("((f) x)").summary == "(…)")
    #expect(try read("[1 2]").summary == "[1 2]")
    #expect(try read("[1 [2]]").summary == "[…]")
    #expect(try read("f32[4,8]").summary == "f32[4,8]")
    #expect(try read(String(repeating: "x", count: 100)).summary.count == 40)
  }

  @Test func errorDescriptions() {
    let position = SourcePosition(line: 3, column: 14, offset: 40)
    var error = SourceError(file: "a.tape", position: position, message: "unknown op 'exq'")
    #expect(error.description == "a.tape:3:14: error: unknown op 'exq'")
    error.expected = "an op"
    #expect(error.description == "a.tape:3:14: error: unknown op 'exq'; expected an op")
    error.found = "exq"
    #expect("\(error)".hasSuffix("; expected an op, found exq"))
    error.form = "(exq …)"
    #expect("\(error)".hasSuffix("; expected an op, found exq; in (exq …)"))
  }
}
