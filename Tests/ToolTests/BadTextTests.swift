import IRSpecRunner
import Testing

/// Texts that are no tapes: each gives one line with its place, status 1, and no output.
struct BadTextTests {
  /// A text, the place of its error, and part of what is said there.
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let place: String
    let part: String

    init(_ text: String, _ place: String, _ part: String) {
      self.text = text
      self.place = place
      self.part = part
    }

    var testDescription: String { text }
  }

  /// One binding of a tape with some parameters.
  static func binding(_ text: String, _ column: Int, _ part: String) -> Case {
    Case(
      """
      (tape t [(x f32[4,8]) (i i32[4,8]) (p bool[4,8]) (s f32[])]
        (y \(text))
        (return y))
      """, "2:\(column)", part)
  }

  static let grammar = [
    Case("", "1:1", "no tape"),
    Case("; nothing\n", "1:1", "no tape"),
    Case("(tape t [(x f32[2])] (return x)", "1:1", "unclosed '('"),
    Case("(tape t [(x f32[2]) (return x))", "1:31", "')'"),
    Case("(tape t [(x f32[2])] (return x)))", "1:33", "')'"),
    Case("(tape t [(x f32[2)] (return x))", "1:18", "')'"),
    Case("(tape t \"x", "1:9", "string"),
    Case("(tape t {})", "1:9", "unexpected character"),
    Case("(tape t [(x f32[2])]\n  (y (add x 1.)) (return y))", "2:13", "digit"),
    Case("(tape t [(x f32[2])]\n  (y (add x +1)) (return y))", "2:13", "malformed number"),
    Case("(tape t [(x f32[2])]\n  (y (add x 0xG)) (return y))", "2:13", "0xG"),
    Case(String(repeating: "(", count: 600), "1:513", "512"),
    Case("42", "1:1", "(tape …)"),
    Case("(tap t [] (return))", "1:1", "(tape …)"),
  ]

  static let forms = [
    Case("(tape)", "1:1", "malformed tape"),
    Case("(tape t)", "1:1", "malformed tape"),
    Case("(tape t [(x f32[2])])", "1:1", "malformed tape"),
    Case("(tape 3 [(x f32[2])] (return x))", "1:1", "no name"),
    Case("(tape nan [(x f32[2])] (y x) (return y))", "1:1", "no name"),
    Case("(tape t (x f32[2]) (y x) (return y))", "1:1", "malformed tape"),
    Case("(tape t [x] (y x) (return y))", "1:1", "malformed parameter"),
    Case("(tape t [(x)] (y x) (return y))", "1:10", "malformed parameter"),
    Case("(tape t [(x f33[2])] (y x) (return y))", "1:10", "unknown element type"),
    Case("(tape t [(x f32)] (y x) (return y))", "1:10", "no type"),
    Case("(tape t [(x f32[-1])] (y x) (return y))", "1:10", "not negative"),
    Case("(tape t [(x f32[1.5])] (y x) (return y))", "1:17", "1.5"),
    Case("(tape t [(x f32[B**2])] (y x) (return y))", "1:10", "B**2"),
    Case("(tape t [(x f32[9999999999999999999])] (y x) (return y))", "1:10", "2^62"),
    Case("(tape t [(x f32[2]) (x f32[2])] (y x) (return y))", "1:21", "bound twice"),
    Case("(tape t [(x f32[2])] (x x) (return x))", "1:22", "bound twice"),
    Case("(tape t [(x f32[2])] (y z) (return y))", "1:22", "unknown name z"),
    Case("(tape t [(x f32[2])] (y y) (return y))", "1:22", "unknown name y"),
    Case("(tape t [(x f32[2])] (y) (return y))", "1:22", "malformed binding"),
    Case("(tape t [(x f32[2])] y (return y))", "1:1", "malformed binding"),
    Case("(tape t [(x f32[2])] (y x i32[2]) (return y))", "1:22", "expected i32[2]"),
    Case("(tape t [(x f32[2])] ([y z] x) (return y))", "1:22", "as many names"),
    Case("(tape t [(x f32[2])] (y 1) (return y))", "1:22", "a literal without a type"),
    Case("(tape t [(x f32[2])] (y x) (return))", "1:28", "nothing to return"),
    Case("(tape t [(x f32[2])] (y x) (return z))", "1:28", "unknown name z"),
    Case("(tape t [(x f32[2])] (y x) (return y y))", "1:28", "returned twice"),
    Case("(tape t [(x f32[2])] (y x) (z x))", "1:28", "(return NAME …)"),
    Case("(tape t [(x f32[2])] (return x) (y x))", "1:22", "malformed binding"),
    Case(
      "(tape t [(x f32[2])] (return x))\n(tape t [(x f32[2])] (return x))", "2:1",
      "a second definition of t"),
    Case("(defmodel m [x x] (add x x))", "1:1", "bound twice"),
    Case("(defmodel m [x])", "1:1", "malformed model"),
    Case("(tape t [(x f32[2])] (y (->)) (return y))", "1:25", "a macro without a value"),
    Case("(tape t [(x f32[2])] (y (u x)) (return y))", "1:25", "unknown op u"),
    Case("(tape t [(x f32[2])] (y ()) (return y))", "1:25", "without an op"),
    Case("(tape t [(x f32[2])] (y (\"exp\" x)) (return y))", "1:25", "without an op"),
  ]

  static let uses = [
    binding("(exp i)", 6, "C1: exp needs a floating operand, found i32[4,8]"),
    binding("(exp x x)", 6, "C0: exp takes 1 operand, found 2"),
    binding("(exp)", 6, "C0: exp takes 1 operand, found 0"),
    binding("(exp (exp p))", 11, "C1: exp needs a floating operand, found bool[4,8]"),
    binding("(exp x :axes [0])", 6, "exp has no attribute :axes"),
    binding("(add x i)", 6, "C2: add needs operands of one element type"),
    binding("(add x (reshape x :shape [8 4]))", 6, "one shape"),
    binding("(add x 0x1ffffff)", 6, "no f32 value"),
    binding("(add i 1.5)", 6, "no i32 value"),
    binding("(add i 3000000000)", 6, "no i32 value"),
    binding("(add p 1)", 6, "no bool value"),
    binding("(add x true)", 6, "no f32 value"),
    binding("(add 1 2)", 6, "a literal without a type"),
    binding("(add x [1 2])", 6, "a list that is no operand"),
    binding("(add x \"1\")", 6, "no expression"),
    binding("(add x f32[])", 6, "no expression"),
    binding("(neg p)", 6, "C1: neg needs a number operand, found bool[4,8]"),
    binding("(not x)", 6, "C1: not needs an integer or bool operand"),
    binding("(select x x x)", 6, "C1"),
    binding("(reduce-sum x)", 6, "needs the attribute :axes"),
    binding("(reduce-sum x :axes)", 6, "the attribute :axes has no value"),
    binding("(reduce-sum x :axes 1)", 6, "malformed value of :axes"),
    binding("(reduce-sum x :axes [2])", 6, "C2: reduce-sum of f32[4,8]"),
    binding("(reduce-sum x :axes [0 0])", 6, "distinct axes"),
    binding("(reduce-sum x :axes [1] :axes [1])", 6, "stands twice"),
    binding("(reduce-sum :axes [1] x)", 6, "operands stand before attributes"),
    binding("(reduce-sum x :axes [1] :keep yes)", 6, "true or false"),
    binding("(argmax x :axis 2)", 6, "C2"),
    binding("(convert x :to f33)", 6, "unknown element type"),
    binding("(constant 1)", 6, "constant needs its type"),
    binding("(constant [1 2] :type f32[3])", 6, "a list of 3 along axis 0"),
    binding("(constant 1e3 :type i32[])", 6, "no i32 value"),
    binding("(iota :type bool[3] :axis 0)", 6, "C1"),
    binding("(iota :type f32[] :axis 0)", 6, "C2"),
    binding("(broadcast x :shape [4 9])", 6, "C2"),
    binding("(reshape x :shape [5 7])", 6, "C1"),
    binding("(transpose x :axes [0 0])", 6, "C1"),
    binding("(slice x :start [0 0] :limit [5 8])", 6, "C2"),
    binding("(concat x i :axis 0)", 6, "C1"),
    binding("(dot x x :lhs-contract [1] :rhs-contract [0])", 6, "C3"),
    binding("(matmul x x)", 6, "matmul"),
    binding("(random-bits x :type u32[2])", 6, "C1"),
    binding("(broadcast s :shape [16777216 16777216 16777216])", 6, "2^48"),
  ]

  @Test(arguments: grammar + forms + uses)
  func wrongTextHasItsPlace(_ wrong: Case) {
    for arguments in [["dump-ir", "-"], ["run", "-"], ["dump-ir", "-", "--all", "--grad"]] {
      expectFailure(
        1, arguments, input: wrong.text, "<stdin>:\(wrong.place): error: ", wrong.part)
    }
  }

  @Test(arguments: [
    ([0xFF], "1:1"), (Array("(tape t\n  [".utf8) + [0xC3, 0x28], "2:4"),
    ([0xED, 0xA0, 0x80], "1:1"), (Array("; é".utf8) + [0xF8], "1:4"),
  ])
  func textThatIsNoUTF8HasItsOffset(_ bytes: [UInt8], _ place: String) throws {
    let folder = try TemporaryFolder(prefix: "tensorjit-test")
    let path = folder.path + "/bad.tape"
    try writeFile(path, bytes)
    expectFailure(1, ["dump-ir", path], "\(path):\(place): error: invalid UTF-8 at byte offset")
  }

  @Test(arguments: [
    ("(rule r (neg (neg ?x)))", "1:1"),
    ("(rule r (nég ?x) ?x)", "1:11"),
    ("(rule r (neg ?x) ?y)", "1:1"),
    ("(tape t [(x f32[2])] (return x))", "1:1"),
    ("(rule r (neg ?x) ?x", "1:1"),
  ])
  func wrongRulesHaveTheirPlace(_ text: String, _ place: String) throws {
    let folder = try TemporaryFolder(prefix: "tensorjit-test")
    let path = folder.path + "/bad.rules"
    try writeFile(path, Array(text.utf8))
    expectFailure(
      1, ["rewrite", "-", "--rules", path], input: softmax, "\(path):\(place): error: ")
  }
}
