import SExpression
import Testing

@Suite struct MalformedTextTests {
  @Test(arguments: [
    ("(add x", "1:1: error: unclosed '('; expected ')', found end of file; in (add …)"),
    ("(a\n  [1 2", "2:3: error: unclosed '['; expected ']', found end of file; in (a …)"),
    ("x f32[4", "1:3: error: unclosed 'f32['; expected ']', found end of file"),
    ("(", "1:1: error: unclosed '('; expected ')', found end of file; in (…)"),
    (")", "1:1: error: nothing to close; expected an expression, found ')'"),
    ("(a))", "1:4: error: nothing to close; expected an expression, found ')'"),
    ("x\n]", "2:1: error: nothing to close; expected an expression, found ']'"),
    (
      "(a\n [b)",
      "2:4: error: mismatched bracket; expected ']' for the '[' at 2:2, found ')'; in (a …)"
    ),
    (
      "(a b]",
      "1:5: error: mismatched bracket; expected ')' for the '(' at 1:1, found ']'; in (a …)"
    ),
    (
      "f32[4)", "1:6: error: mismatched bracket; expected ']' for the 'f32[' at 1:1, found ')'"
    ),
    ("1.", "1:1: error: malformed number; expected digits on both sides of '.', found 1."),
    (".5", "1:1: error: malformed number; expected digits on both sides of '.', found .5"),
    ("-.5", "1:1: error: malformed number; expected digits on both sides of '.', found -.5"),
    (
      "x\n  1.e5",
      "2:3: error: malformed number; expected digits on both sides of '.', found 1.e5"
    ),
    (
      "1e", "1:1: error: malformed number; expected digits after the exponent's letter, found 1e"
    ),
    (
      "1e-", "1:1: error: malformed number; expected digits after the exponent's letter, found 1e-"
    ),
    ("1e+5", "1:1: error: malformed number; expected an exponent without '+', found 1e+5"),
    ("+1", "1:1: error: malformed number; expected a number without '+', found +1"),
    ("+inf", "1:1: error: malformed number; expected a number without '+', found +inf"),
    ("-nan", "1:1: error: malformed number; expected nan without a sign, found -nan"),
    ("0x", "1:1: error: malformed number; expected hexadecimal digits after 0x, found 0x"),
    ("0xZZ", "1:1: error: malformed number; expected hexadecimal digits after 0x, found 0xZZ"),
    (
      "0x1.8",
      "1:1: error: malformed number; expected a number such as 0xFF or 0x1.8p3, found 0x1.8"
    ),
    (
      "0x1.p3",
      "1:1: error: malformed number; expected digits on both sides of '.', found 0x1.p3"
    ),
    (
      "(é)", "1:2: error: unexpected character; expected an expression, found U+00E9; in (…)"
    ),
    (
      "(f 12abc)",
      "1:4: error: malformed number; expected a number such as 1, -2, 0xFF or 1.5e-3, "
        + "found 12abc; in (f …)"
    ),
    (
      "1.2.3",
      "1:1: error: malformed number; expected a number such as 1, -2, 0xFF or 1.5e-3, found 1.2.3"
    ),
    (
      "3+4",
      "1:1: error: malformed number; expected a number such as 1, -2, 0xFF or 1.5e-3, found 3+4"
    ),
    (
      "2*B+",
      "1:1: error: malformed number; expected a number such as 1, -2, 0xFF or 1.5e-3, found 2*B+"
    ),
    (
      "1E5",
      "1:1: error: malformed number; expected a number such as 1, -2, 0xFF or 1.5e-3, found 1E5"
    ),
    (
      "(s \"ab",
      "1:4: error: unterminated string; expected '\"', found end of file; in (s …)"
    ),
    ("\"ab\ncd\"", "1:1: error: unterminated string; expected '\"', found end of line"),
    (
      "\"é\\q\"",
      "1:3: error: unknown escape; expected \\n, \\t, \\\\, \\\" or \\u{…}, found \\ and 'q'"
    ),
    (
      "\"\\",
      "1:2: error: unknown escape; expected \\n, \\t, \\\\, \\\" or \\u{…}, "
        + "found \\ and end of file"
    ),
    (
      "\"\\u{}\"",
      "1:2: error: malformed escape; "
        + "expected \\u{…} with 1 to 6 hexadecimal digits of a Unicode scalar"
    ),
    (
      "\"\\u{D800}\"",
      "1:2: error: malformed escape; "
        + "expected \\u{…} with 1 to 6 hexadecimal digits of a Unicode scalar"
    ),
    (
      "\"\\u{41\"",
      "1:2: error: malformed escape; "
        + "expected \\u{…} with 1 to 6 hexadecimal digits of a Unicode scalar"
    ),
    (
      "(f :)",
      "1:4: error: a keyword without a name; expected a name after ':', found ')'; in (f …)"
    ),
    (
      "::a", "1:1: error: a keyword without a name; expected a name after ':', found ':'"
    ),
    (
      "a:b",
      "1:2: error: no white space after an atom; expected white space or a closing bracket, "
        + "found ':'"
    ),
    (
      "\"a\"b",
      "1:4: error: no white space after a string; expected white space or a closing bracket, "
        + "found 'b'"
    ),
    (
      ":k\"v\"",
      "1:3: error: no white space after a keyword; expected white space or a closing bracket, "
        + "found '\"'"
    ),
    (
      "f32[4]x",
      "1:7: error: no white space after a type; expected white space or a closing bracket, "
        + "found 'x'"
    ),
    (
      "f32[4][5]",
      "1:7: error: no white space after a type; expected white space or a closing bracket, "
        + "found '['"
    ),
    (
      "[1[2]]",
      "1:3: error: no white space between an atom and '['; "
        + "expected a type's name before '[', found 1"
    ),
    (
      "f32[4,[5]]", "1:7: error: a list inside the type f32[…]; expected a size, found '['"
    ),
    (
      "f32[i8[4]]", "1:5: error: a type inside the type f32[…]; expected a size, found i8["
    ),
    (
      "f32[4, 1.5]",
      "1:8: error: no size of the type f32[…]; expected an integer, a name or a form, found 1.5"
    ),
    (
      "f32[\"a\"]",
      "1:5: error: no size of the type f32[…]; expected an integer, a name or a form, found \"a\""
    ),
    (
      "f32[:a]",
      "1:5: error: no size of the type f32[…]; expected an integer, a name or a form, found :a"
    ),
    ("a # b", "1:3: error: unexpected character; expected an expression, found '#'"),
    ("(a)\n\t'b", "2:2: error: unexpected character; expected an expression, found '''"),
    ("a\u{0}", "1:2: error: unexpected character; expected an expression, found U+0000"),
    ("{a}", "1:1: error: unexpected character; expected an expression, found '{'"),
    ("\"é\" →", "1:5: error: unexpected character; expected an expression, found U+2192"),
  ])
  func message(text: String, expected: String) {
    #expect(failure(of: text) == "t:" + expected)
  }

  /// Whatever the bytes, reading ends with expressions or with an error whose place is in the text.
  @Test func arbitraryBytes() throws {
    let alphabet = Array("()[]():;\"\\ \n,a1.-+*xeEpf32B é→u{}inf".utf8)
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<5_000 {
      let length = Int.random(in: 0..<40, using: &generator)
      let bytes = (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      do throws(SourceError) {
        let text = try SourceText(name: "t", bytes: bytes)
        for expression in try SExpressionReader.readAll(text) {
          #expect(try read(expression.description) == expression)
        }
      } catch {
        #expect(error.position.offset <= length)
      }
    }
  }
}
