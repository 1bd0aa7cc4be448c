import SExpression
import Testing

@Suite struct ReaderTests {
  @Test(
    arguments: [
      ("x", .symbol("x")), ("reduce-sum", .symbol("reduce-sum")), ("?xs...", .symbol("?xs...")),
      ("->", .symbol("->")), ("*->>", .symbol("*->>")), ("|->", .symbol("|->")),
      ("=->>", .symbol("=->>")), ("cond->", .symbol("cond->")), ("-", .symbol("-")),
      ("+", .symbol("+")), ("<=", .symbol("<=")), ("-x", .symbol("-x")), ("...", .symbol("...")),
      (".f", .symbol(".f")), ("_@|/!?", .symbol("_@|/!?")), ("True", .symbol("True")),
      ("info", .symbol("info")), ("nano", .symbol("nano")), ("truest", .symbol("truest")),
      ("B+1", .symbol("B+1")), ("-B+1", .symbol("-B+1")), ("2*B+1", .symbol("2*B+1")),
      ("-2*B*T-3", .symbol("-2*B*T-3")), ("1-x", .symbol("1-x")), ("2*e", .symbol("2*e")),
      (":axes", .keyword("axes")), (":lhs-batch", .keyword("lhs-batch")), (":1", .keyword("1")),
      ("0", .integer("0")), ("-0", .integer("-0")), ("-2", .integer("-2")),
      ("007", .integer("007")),
      ("0xFF", .integer("0xFF")), ("-0xfF", .integer("-0xfF")), ("0x1e5", .integer("0x1e5")),
      (
        "340282366920938463463374607431768211456",
        .integer("340282366920938463463374607431768211456")
      ),
      ("1.5", .float("1.5")), ("1.5e-3", .float("1.5e-3")), ("1e5", .float("1e5")),
      ("-0.0", .float("-0.0")), ("0x1.8p3", .float("0x1.8p3")), ("0x1p-1074", .float("0x1p-1074")),
      ("-0x1.fep127", .float("-0x1.fep127")), ("inf", .float("inf")), ("-inf", .float("-inf")),
      ("nan", .float("nan")), ("true", .boolean(true)), ("false", .boolean(false)),
      (#""""#, .string("")), (#""a;b(,""#, .string("a;b(,")), (#""\n\t\\\"""#, .string("\n\t\\\"")),
      (#""\u{e9}\u{1F600}é""#, .string("é😀é")), ("\"a\tb\"", .string("a\tb")),
      ("()", .form([])), ("[]", .list([])), ("f32[]", .type("f32", [])),
    ] as [(String, SExpression.Kind)])
  func atoms(text: String, kind: SExpression.Kind) throws {
    #expect(try read(text).kind == kind)
    #expect(try read(" ; c\n" + text + ",;d").kind == kind)
    #expect(try read("(" + text + ")").kind == .form([SExpression(kind)]))
  }

  @Test func types() throws {
    let sum = form(symbol("max"), symbol("A"), symbol("B"))
    #expect(try read("f32[4,8]") == type("f32", integer("4"), integer("8")))
    #expect(try read("f32[ 4 , 8 ]") == type("f32", integer("4"), integer("8")))
    #expect(try read("f32[2*B+1]") == type("f32", symbol("2*B+1")))
    #expect(try read("f32[(max A B)]") == type("f32", sum))
    #expect(
      try read("i8[(mul B T),4]")
        == type("i8", form(symbol("mul"), symbol("B"), symbol("T")), integer("4")))
    #expect(try read("f32[-1]") == type("f32", integer("-1")))
    #expect(try read("(x f32[4])") == form(symbol("x"), type("f32", integer("4"))))
    #expect(try read("[f32[] u8[B]]") == list(type("f32"), type("u8", symbol("B"))))
    #expect(try read("(f [4])") == form(symbol("f"), list(integer("4"))))
    #expect(try read("(:axes[1])") == form(SExpression(.keyword("axes")), list(integer("1"))))
  }

  @Test func positions() throws {
    let text = "; é\r\n(tape f\n\t[(x f32[B,\n 4])] \"é→\" :k\n  (return x)) y"
    let document = try SExpressionReader.readDocument(SourceText(name: "t", text))
    let tape = try #require(document.entries.first?.expression)
    var found: [String] = []
    func visit(_ node: SExpression) {
      found.append("\(node.position)")
      switch node.kind {
      case .form(let elements), .list(let elements), .type(_, let elements):
        elements.forEach(visit)
      case .symbol, .keyword, .integer, .float, .boolean, .string: break
      }
    }
    visit(tape)
    #expect(
      found == [
        "2:1", "2:2", "2:7", "3:2", "3:3", "3:4", "3:6", "3:10", "4:2", "4:7", "4:12", "5:3", "5:4",
        "5:11",
      ])
    #expect(tape.position.offset == 6)
    #expect(
      document.entries.map { "\($0.range.start) \($0.range.end)" } == ["2:1 5:14", "5:15 5:16"])
    #expect(document.entries[1].range.end.offset == text.utf8.count)
  }

  @Test func comments() throws {
    let text = """
      ; head
      (tape f   ; inside ; twice
        (y (exp x))\t; error: C1: bad
      )\t
        ;; run: (f [1]) == [2]
      ;
      """ + "\r\nz ;last"
    let document = try SExpressionReader.readDocument(SourceText(name: "t", text))
    #expect(
      document.comments.map(\.text) == [
        " head", " inside ; twice", " error: C1: bad", "; run: (f [1]) == [2]", "", "last",
      ])
    #expect(
      document.comments.map { "\($0.position)" } == ["1:1", "2:11", "3:15", "5:3", "6:1", "7:3"])
    #expect(document.comments.map(\.isAlone) == [true, false, false, true, true, false])
    #expect(document.entries.map { "\($0.range.start) \($0.range.end)" } == ["2:1 4:2", "7:1 7:2"])
    #expect(try SExpressionReader.readAll(SourceText(text)) == document.entries.map(\.expression))
  }

  @Test func emptyTexts() throws {
    for text in ["", "  \n,\t\r\n", "; only a comment", "\u{FEFF}"] {
      #expect(try SExpressionReader.readAll(SourceText(text)) == [])
    }
    #expect(try read("\u{FEFF}x").position.column == 1)
  }

  @Test func oneExpression() {
    #expect(throws: SourceError.self) { try read("") }
    #expect(throws: SourceError.self) { try read("a b") }
  }

  @Test func longNumbers() throws {
    let limit = SExpressionReader.numberLengthLimit
    let digits = String(repeating: "9", count: limit)
    #expect(try read(digits).kind == .integer(digits))
    #expect(
      failure(of: "x " + digits + "9")
        == "t:1:3: error: a number of 10001 characters; expected at most 10000")
  }

  @Test func nesting() throws {
    let limit = SExpressionReader.nestingLimit
    func nest(_ depth: Int, _ open: String, _ close: String) -> String {
      String(repeating: open, count: depth) + String(repeating: close, count: depth)
    }
    for (open, close) in [("(", ")"), ("[", "]")] {
      let deepest = nest(limit, open, close)
      #expect(try read(deepest).description == deepest)
      #expect(
        failure(of: nest(limit + 1, open, close))?
          .hasPrefix("t:1:513: error: brackets nest deeper than 512 levels") == true)
      #expect(
        failure(of: String(repeating: open, count: 100_000))?
          .hasPrefix("t:1:513: error: brackets nest deeper") == true)
    }
  }

  @Test func invalidUTF8() {
    let cases: [([UInt8], String)] = [
      ([0x61, 0x0A, 0x62, 0xFF, 0x63], "t:2:2: error: invalid UTF-8 at byte offset 3"),
      ([0xC3], "t:1:1: error: invalid UTF-8 at byte offset 0"),
      ([0x22, 0xC3, 0xA9, 0xED, 0xA0, 0x80], "t:1:3: error: invalid UTF-8 at byte offset 3"),
      ([0x20, 0xC0, 0x80], "t:1:2: error: invalid UTF-8 at byte offset 1"),
    ]
    for (bytes, message) in cases {
      #expect {
        try SourceText(name: "t", bytes: bytes)
      } throws: { error in
        (error as? SourceError)?.description.hasPrefix(message) == true
      }
    }
    #expect(throws: Never.self) { try SourceText(name: "t", bytes: Array("é😀".utf8)) }
  }

  @Test func concurrentReading() async throws {
    let text = SourceText(String(repeating: "(v1 (add v0 v0) f32[4])\n", count: 2_000))
    let expected = try SExpressionReader.readAll(text)
    try await withThrowingTaskGroup(of: [SExpression].self) { group in
      for _ in 0..<8 { group.addTask { try SExpressionReader.readAll(text) } }
      for try await expressions in group { #expect(expressions == expected) }
    }
  }
}
