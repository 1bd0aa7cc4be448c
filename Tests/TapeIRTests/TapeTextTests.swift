import SExpression
import ScalarIR
import TapeIR
import Testing

/// Tapes as users write them, and their canonical text.
@Suite struct TapeTextTests {
  @Test func flattensNestedExpressionsAndWritesBroadcastsOut() throws {
    let tape = try Tape(
      parsing: """
        (tape affine [(x f32[4,8]) (w f32[8]) (s f32[])]
          (y (add (mul x w) 1))
          (z (sub y s))
          (return y z))
        """)
    try tape.verify()
    #expect(
      tape.description == """
        (tape affine [(x f32[4,8]) (w f32[8]) (s f32[])]
          (v0 (broadcast w :shape [4 8])   f32[4,8])
          (v1 (mul x v0)                   f32[4,8])
          (v2 (constant 1 :type f32[4,8])  f32[4,8])
          (y (add v1 v2)                   f32[4,8])
          (v3 (broadcast s :shape [4 8])   f32[4,8])
          (z (sub y v3)                    f32[4,8])
          (return y z))
        """)
  }

  @Test func inlinesTapesAndModels() throws {
    let source = try SourceFile(
      SourceText(
        """
        (tape scale [(x f32[B,4]) (k f32[])]
          (y (mul x k))
          (return y))
        (defmodel linear [x w b] (-> x (matmul w) (add b)))
        (defmodel twice [x] (=-> x (mul 2) exp))
        (tape main [(x f32[3,4]) (w f32[4,2])]
          (s (scale x 2))
          (y (linear s w 0.5))
          (z (twice y))
          (return y z))
        """))
    let tape = try #require(source.tape(named: "main"))
    try tape.verify()
    #expect(
      tape.description == """
        (tape main [(x f32[3,4]) (w f32[4,2])]
          (v0 (constant 2 :type f32[])                       f32[])
          (v1 (broadcast v0 :shape [3 4])                    f32[3,4])
          (s (mul x v1)                                      f32[3,4])
          (v2 (dot s w :lhs-contract [1] :rhs-contract [0])  f32[3,2])
          (v3 (constant 0.5 :type f32[3,2])                  f32[3,2])
          (y (add v2 v3)                                     f32[3,2])
          (v4 (constant 2 :type f32[3,2])                    f32[3,2])
          (v5 (mul y v4)                                     f32[3,2])
          (z (exp v5)                                        f32[3,2])
          (return y z))
        """)
  }

  @Test func bindsAliasesOfResults() throws {
    let text = """
      (tape f [(x f32[2])]
        (a (neg x)  f32[2])
        (b a        f32[2])
        (y x        f32[2])
        (return b y x a))
      """
    let tape = try Tape(parsing: text)
    #expect(tape.description == text)
  }

  /// What stands in `(tape f [(x f32[2,3]) (n i32[3]) (p bool[3]) (h f16[]) (u u64[])] … (return y))`
  /// and its canonical text, one blank between the words.
  @Test(arguments: [
    // Literals take their type from the first operand that is none, or from the binding.
    ("(y (add 1 n))", ["(v0 (constant 1 :type i32[3]) i32[3])", "(y (add v0 n) i32[3])"]),
    ("(y (lt n 0x10))", ["(v0 (constant 16 :type i32[3]) i32[3])", "(y (lt n v0) bool[3])"]),
    (
      "(y (select p 1 n))",
      ["(v0 (constant 1 :type i32[3]) i32[3])", "(y (select p v0 n) i32[3])"]
    ),
    (
      "(y (select true n n))",
      ["(v0 (constant true :type bool[3]) bool[3])", "(y (select v0 n n) i32[3])"]
    ),
    (
      "(y (select p 1 2) f32[3])",
      [
        "(v0 (constant 1 :type f32[3]) f32[3])", "(v1 (constant 2 :type f32[3]) f32[3])",
        "(y (select p v0 v1) f32[3])",
      ]
    ),
    (
      "(y (add 1 (mul 2 3)) f64[])",
      [
        "(v0 (constant 2 :type f64[]) f64[])", "(v1 (constant 3 :type f64[]) f64[])",
        "(v2 (mul v0 v1) f64[])", "(v3 (constant 1 :type f64[]) f64[])", "(y (add v3 v2) f64[])",
      ]
    ),
    ("(y 7 f16[2])", ["(y (constant 7 :type f16[2]) f16[2])"]),
    ("(y [1 2] f16[2])", ["(y (constant [1 2] :type f16[2]) f16[2])"]),
    ("(y (constant 1) i8[2])", ["(y (constant 1 :type i8[2]) i8[2])"]),
    // Constants in their shortest form, every value exact.
    ("(y (constant [3 3] :type f32[2]))", ["(y (constant 3 :type f32[2]) f32[2])"]),
    ("(y (constant [[] []] :type f32[2,0]))", ["(y (constant 0 :type f32[2,0]) f32[2,0])"]),
    ("(y (constant -0 :type f32[]))", ["(y (constant 0 :type f32[]) f32[])"]),
    ("(y (constant -0.0 :type f32[]))", ["(y (constant -0.0 :type f32[]) f32[])"]),
    ("(y (constant nan :type bf16[]))", ["(y (constant nan :type bf16[]) bf16[])"]),
    ("(y (constant -inf :type f64[]))", ["(y (constant -inf :type f64[]) f64[])"]),
    ("(y (constant 0x1.8p3 :type f32[]))", ["(y (constant 12 :type f32[]) f32[])"]),
    (
      "(y (add u 18446744073709551615))",
      [
        "(v0 (constant 18446744073709551615 :type u64[]) u64[])", "(y (add u v0) u64[])",
      ]
    ),
    // Just above the middle between 2048 and 2050; rounded to f32 first it would be 2048.
    ("(y (constant 2049.00000000001 :type f16[]))", ["(y (constant 2050 :type f16[]) f16[])"]),
    (
      "(y (constant 2049.000000000000000000001 :type f16[]))",
      ["(y (constant 2050 :type f16[]) f16[])"]
    ),
    ("(y (constant 2049.0 :type f16[]))", ["(y (constant 2048 :type f16[]) f16[])"]),
    (
      "(y (constant 2048.999999999999999999999 :type f16[]))",
      ["(y (constant 2048 :type f16[]) f16[])"]
    ),
    // Broadcasts are written out.
    (
      "(y (mul x (convert n :to f32)))",
      [
        "(v0 (convert n :to f32) f32[3])", "(v1 (broadcast v0 :shape [2 3]) f32[2,3])",
        "(y (mul x v1) f32[2,3])",
      ]
    ),
    // Attributes in the op's order, those that say nothing left out, commas as white space.
    (
      "(y (reduce-sum x :keep true, :axes [0,1]))",
      ["(y (reduce-sum x :axes [0 1] :keep true) f32[1,1])"]
    ),
    (
      "(y (reduce-sum x :axes [0] :keep false))", ["(y (reduce-sum x :axes [0]) f32[3])"]
    ),
    (
      "(y (dot n n :rhs-batch [] :lhs-batch [] :lhs-contract [0] :rhs-contract [0]))",
      ["(y (dot n n :lhs-contract [0] :rhs-contract [0]) i32[])"]
    ),
    // Names may be those of ops; what is there already is not computed again.
    ("(add (neg n)) (y (mul add add))", ["(add (neg n) i32[3])", "(y (mul add add) i32[3])"]),
    ("(a (neg n)) (y (neg n))", ["(a (neg n) i32[3])", "(y a i32[3])"]),
    ("([y] (neg n) [i32[3]])", ["(y (neg n) i32[3])"]),
    // Fresh names keep clear of those that are taken.
    (
      "(v0 (neg (abs n))) (y v0)", ["(v1 (abs n) i32[3])", "(v0 (neg v1) i32[3])", "(y v0 i32[3])"]
    ),
    ("(y (-> n neg (add n)))", ["(v0 (neg n) i32[3])", "(y (add v0 n) i32[3])"]),
    ("(y (=-> n neg (add n)))", ["(v0 (neg n) i32[3])", "(y (add v0 n) i32[3])"]),
    (
      "(y (-> 2 (=-> (mul n)) (add 1)))",
      [
        "(v0 (constant 2 :type i32[3]) i32[3])", "(v1 (mul v0 n) i32[3])",
        "(v2 (constant 1 :type i32[3]) i32[3])", "(y (add v1 v2) i32[3])",
      ]
    ),
  ])
  func canonicalText(input: String, lines: [String]) throws {
    let head = "(tape f [(x f32[2,3]) (n i32[3]) (p bool[3]) (h f16[]) (u u64[])]"
    let tape = try Tape(parsing: "\(head) \(input) (return y))")
    try tape.verify()
    let found = tape.description.split(separator: "\n").dropFirst().dropLast().map {
      $0.split(separator: " ").joined(separator: " ")
    }
    #expect(found == lines)
    #expect(try Tape(parsing: tape.description) == tape)
  }

  /// Sizes in the text and in canonical form.
  @Test(arguments: [
    ("2*B+1", "2*B+1"), ("B-1", "B-1"), ("1+B", "B+1"), ("B+T+B", "2*B+T"), ("3*2*B", "6*B"),
    ("-2*B+8", "-2*B+8"), ("B-B", "0"), ("0x10", "16"), ("(mul B T)", "(mul B T)"),
    ("(mul T B 2)", "(mul 2 B T)"), ("(add B 1)", "B+1"), ("(floordiv B+1 2)", "(floordiv B+1 2)"),
    ("(floordiv 2*B 2)", "B"), ("(floordiv -7 2)", "-4"), ("(max A B)", "(max A B)"),
    ("(min B A 3)", "(min (min A B) 3)"), ("(max B B+1)", "B+1"),
    ("(add (mul B B) B)", "(add (mul B B) B)"),
  ])
  func sizes(text: String, canonical: String) throws {
    let expression = try SExpressionReader.readOne(SourceText(text))
    let dim = try Dim(expression, in: expression, file: "<text>")
    #expect(dim.text == canonical)
    let again = try SExpressionReader.readOne(SourceText(dim.text))
    #expect(try Dim(again, in: again, file: "<text>") == dim)
  }

  @Test func tapesOfSeveralResultsBindSeveralNames() throws {
    let file = try SourceFile(
      SourceText(
        """
        (tape split [(x f32[B,2])]
          (a (slice x :start [0 0] :limit [B 1]))
          (b (slice x :start [0 1] :limit [B 2]))
          (return a b))
        (tape main [(x f32[T,2])]
          ([l r] (split x) [f32[T,1] f32[T,1]])
          (y (sub r l))
          (return y))
        """))
    let tape = try #require(file.tape(named: "main"))
    #expect(
      tape.description == """
        (tape main [(x f32[T,2])]
          (l (slice x :start [0 0] :limit [T 1])  f32[T,1])
          (r (slice x :start [0 1] :limit [T 2])  f32[T,1])
          (y (sub r l)                            f32[T,1])
          (return y))
        """)
    #expect(tape.nodes[0].provenance.location?.line == 2)
    #expect(
      tape.nodes[2].provenance
        == Provenance(
          location: Provenance.Location(file: "<text>", line: 7, column: 6), origin: "sub"))
  }

  @Test func longListsOfParametersTakeALineEach() throws {
    let parameters = (0..<12).map { "(parameter_\($0) f32[4])" }.joined(separator: " ")
    let tape = try Tape(parsing: "(tape f [\(parameters)] (return parameter_0))")
    #expect(
      tape.description.hasPrefix(
        "(tape f [(parameter_0 f32[4])\n         (parameter_1 f32[4])\n"))
    #expect(try Tape(parsing: tape.description) == tape)
  }

  @Test func formsWithErrorsChangeNothing() throws {
    var file = SourceFile(name: "f")
    let forms = try SExpressionReader.readAll(
      SourceText(
        """
        (rule neg-neg (neg (neg ?x)) ?x)
        (tape a [(x f32[])] (y (exp q)) (return y))
        (tape a [(x f32[])] (y (exp x)) (return y))
        """))
    try file.add(forms[0])
    #expect(throws: TapeError.self) { try file.add(forms[1]) }
    try file.add(forms[2])
    #expect(file.tapes.map(\.name) == ["a"])
    #expect(file.rules == [forms[0]])
  }
}
