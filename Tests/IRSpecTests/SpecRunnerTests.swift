import IRSpecRunner
import SExpression
import Testing

/// The runner itself: it must say what is wrong, where, and nothing else.
struct SpecRunnerTests {
  @Test func whatHoldsIsSilent() {
    let report = check(
      """
      (tape double [(x f32[B])]
        (y (add x x))
        (return y))
      ; run:  (double [1 2 nan 0]) == [2 4 nan 0]
      ; run:  (double [1 2
      ;         3]) == [2
      ;   4 6]
      ; run:  (double [1 1e-9]) ~ [2.000001 0]
      ; grad: (double [1 2]) ~ [2 2]
      """)
    #expect(report.failures == [])
    #expect(report.directiveCount == 4)
  }

  @Test(arguments: [
    ("== [2 4.5]", "2:1", "y on interpreter is wrong at [1]; expected 4.5, found 4"),
    ("== [2 4.5]", "2:1", "y on cpu is wrong at [1]; expected 4.5, found 4"),
    ("== [2 4.5]", "2:1", "y on loop interpreter is wrong at [1]; expected 4.5, found 4"),
    ("== [nan 4]", "2:1", "expected nan, found 2"),
    ("~ [2 4.1]", "2:1", "expected 4.1, found 4"),
    ("~ [2 4.1] :rtol 0.01 :atol 0.01", "2:1", "expected 4.1, found 4"),
    ("~ [2 inf]", "2:1", "expected inf, found 4"),
    ("== [2 4 6]", "2:9", "expected a list of 2 along axis 0 of f32[2], found 3"),
    ("== 2", "2:9", "expected a list of rank 1 for f32[2], found 2"),
    ("== [[2 4] [2 4]]", "2:9", "expected a list of rank 1 for f32[2], found [2 4]"),
    ("== [2 true]", "2:9", "no f32 value"),
    ("== [2 4] [2 4]", "2:9", "another number of values than double has; expected 1, found 2"),
    ("== ", "2:9", "another number of values than double has; expected 1, found 0"),
    ("", "2:1", "malformed run; expected == or ~"),
    ("== [2 4] :rtol 1", "2:35", "== takes no tolerance"),
    ("~ [2 4] :rtol", "2:34", "malformed tolerance"),
    ("~ [2 4] :rtol -1", "2:34", "malformed tolerance"),
    ("~ [2 4] :ulp 1", "2:34", "unknown option; expected :rtol or :atol, found :ulp"),
    ("== [2 4", "2:29", "unclosed '['"),
  ])
  func wrongValuesAreFound(_ claim: String, _ place: String, _ part: String) {
    expectFailure("; run:  (double [1 2])   \(claim)", place, part)
  }

  @Test(arguments: [
    ("; run: (halve [1 2]) == [2 4]", "2:8", "no such tape"),
    ("; run: double [1 2] == [2 4]", "2:8", "malformed run; expected (TAPE ARGUMENT…)"),
    ("; run:", "2:1", "malformed run"),
    ("; run: (double [1 2] [3]) == [2 4]", "2:8", "another number of arguments"),
    ("; run: (double [[1 2]]) == [2 4]", "2:8", "a list of 2 along axis 0 of f32[2], found 1"),
    ("; run: (double [1]) == [2]", "2:8", "expected a list of 2 along axis 0 of f32[2], found 1"),
    ("; run: (double [1 x]) == [2 4]", "2:8", "no f32 value"),
    ("; grad: (double [1 2]) ~ [2 3]", "2:1", "grad-x on cpu is wrong at [1]; expected 3, found 2"),
    ("; grad: (double [1 2]) == [2 2] [1]", "2:9", "another number of values"),
    ("; grad: (double [1 2]) ~ [0 1] :order 2", "2:1", "grad-x on cpu is wrong at [1]"),
    ("; grad: (double [1 2]) ~ [0 0] :order 3", "2:32", "malformed option; expected :order 1 or 2"),
    ("; grad: (double [1 2]) ~ [2 2] :differences 0", "2:32", "malformed option"),
    ("; run: (double [1 2]) ~ [2 4] :order 2", "2:31", "unknown option"),
    ("; fails: (double [1 2]) == \"x\"", "2:1", "does not fail on cpu; expected x, found results"),
    (
      """
      (tape pick [(x f32[2]) (i i32[1])] (y (take x i :axis 0)) (return y))
      ; fails: (pick [1 2] [2]) == "index 3"
      """, "3:1", "pick fails otherwise on loop interpreter; expected index 3, found take: index 2"
    ),
    ("; fails: (double [1 2]) ~ \"x\"", "2:10", "malformed fails; expected (TAPE ARGUMENT…) =="),
    ("; fails: (double [1 2]) == [2 4]", "2:10", "malformed fails; expected (TAPE ARGUMENT…) =="),
    ("; error: something", "2:1", "no error on line 1; expected something, found none"),
    ("; dump: nowhere", "2:1", "unknown stage; expected capture"),
    ("; dump: capture", "2:1", "nothing to check"),
    ("; dump: capture other\n; CHECK: x", "2:1", "no tape to dump"),
    ("; dump: capture :grad\n; CHECK: x", "2:1", "malformed dump"),
    ("; dump: capture\n; CHECK: reduce", "2:1", "<spec>:3:10: error: CHECK: expected string"),
    ("; dump: capture\n; CHECK-NOT: add", "2:1", "<spec>:3:14: error: CHECK-NOT: excluded"),
    ("(tape a [(x i32[2])] (y (exp x)) (return y))", "2:25", "C1: exp needs a floating"),
    ("(tape a [(x i32[2])] (y (exp x)) (return y)) ; error: integer", "2:46", "another error"),
    ("(tape a [(x i32[2])] (y (exp x))\n (return y)) ; error: C1", "3:14", "another error"),
    ("(tape a [(x i32[2])", "2:9", "unclosed '['"),
  ])
  func wrongDirectivesAreFound(_ text: String, _ place: String, _ part: String) {
    expectFailure(text, place, part)
  }

  @Test(arguments: [
    "; dump: capture\n; CHECK: (tape double\n; CHECK-NEXT: (add x x)",
    "; dump: gradient :grad true\n; CHECK: grad-x",
    "; CHECK: add\n; dump: cse\n; dump: capture double\n; CHECK: (tape double",
    "(tape a [(x i32[2])] (y (exp x)) (return y)) ; error: C1",
    "(tape a [(x i32[2])]\n (y (exp x))\n; error: C1\n (return y))",
    "(tape a [(x i32[2])]\n (y (exp x)) ; a comment\n; more\n; error: C1\n (return y))",
    "(tape a [(x i32[2])] ; error: unclosed",
    "(nothing) ; error: nothing that a file holds",
    """
    (tape pick [(x f32[2]) (i i32[1])] (y (take x i :axis 0)) (return y))
    ; fails: (pick [1 2]
    ;   [2]) == "index 2 at position [0]"
    """,
    "; run: (double [1 -0.0]) == [2 -0.0]",
    "; run: (double [1 -0.0]) == [2 0]",
    "; run: (double [1 2]) ~ [2 4.01] :atol 0.1 :rtol 0",
    "; grad: (double [1 2]) ~ [2 2] :differences false :order 1",
    "; grad: (double [1 2]) ~ [0 0] :order 2",
    """
    (tape square [(a f32[2]) (b f64[2])] (y (mul a (mul a (convert b :to f32)))) (return y))
    ; grad: (square [1 2] [3 5]) ~ [8 14] [2 4] :order 2
    """,
  ])
  func whatHoldsInOtherFormsIsSilent(_ text: String) {
    #expect(check(text: text).failures == [])
  }

  @Test func aZeroThatIsWrittenAsAFloatHasItsSign() {
    expectFailure("; run: (double [1 -0.0]) == [2 0.0]", "2:1", "expected 0.0, found -0.0")
    expectFailure("; run: (double [1 0]) == [2 -0.0]", "2:1", "expected -0.0, found 0")
  }

  @Test func errorsAreInUnitsOfTheTolerance() {
    let report = check(text: "; run: (double [1 2]) ~ [2 4.5] :atol 1 :rtol 0")
    #expect(report.approximations.map(\.error) == SpecRunner().engines.map { _ in 0.5 })
    #expect(report.failures.isEmpty)
  }

  @Test func oneWrongFormKeepsNoOtherFromBeingChecked() {
    let report = check(
      text: """
        (tape wrong [(x i32[2])]
          (y (exp x))
          (return y))
        ; run: (double [1 2]) == [2 5]
        """)
    #expect(report.failures.count == 1 + SpecRunner().engines.count)
  }

  private func check(text: String) -> SpecReport {
    check("(tape double [(x f32[2])] (y (add x x)) (return y))\n" + text)
  }

  private func check(_ text: String) -> SpecReport {
    SpecRunner().check(SourceText(name: "<spec>", text))
  }

  private func expectFailure(
    _ text: String, _ place: String, _ part: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let failures = check(text: text).failures.map(\.description)
    #expect(
      failures.contains { $0.hasPrefix("<spec>:\(place): error: ") && $0.contains(part) },
      "\(failures)", sourceLocation: sourceLocation)
  }
}
