import SExpression
import TapeIR
import Testing

/// Texts that are no tapes: each has one error, at a known place, that says what is wrong.
@Suite struct MalformedTapeTests {
  /// A text, the line and column of its error, and a part of the message.
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let place: String
    let message: String

    init(_ text: String, _ place: String, _ message: String) {
      self.text = text
      self.place = place
      self.message = message
    }

    /// A case within `(tape f [(x f32[4]) (n i32[3]) (p bool[4]) (s f32[])] … (return x))`, in whose
    /// second line the text stands.
    static func body(_ text: String, _ place: String, _ message: String) -> Case {
      let head = "(tape f [(x f32[4]) (n i32[3]) (p bool[4]) (s f32[])]\n"
      return Case(head + text + "\n(return x))", place, message)
    }

    var testDescription: String { text }
  }

  @Test(arguments: files + tapes + names + expressions + literals + attributes + types + calls)
  func errorsSayWhereAndWhat(_ example: Case) throws {
    do throws(TapeError) {
      _ = try SourceFile(SourceText(name: "t.tape", example.text))
      Issue.record("no error in \(example.text)")
    } catch {
      let text = error.description
      #expect(text.hasPrefix("t.tape:\(example.place): error: "), "\(text)")
      #expect(text.contains(example.message), "\(text)")
    }
  }

  static let files: [Case] = [
    Case("x", "1:1", "expected (tape …), (defmodel …) or (rule …), found x"),
    Case("(kernel f)", "1:1", "expected (tape …), (defmodel …) or (rule …), found (kernel …)"),
    Case("()", "1:1", "nothing that a file holds"),
    Case("\n  [1 2]", "2:3", "nothing that a file holds"),
    Case(
      "(tape f [(x f32[])] (return x))\n(tape f [(x f32[])] (return x))", "2:1",
      "a second definition of f"),
    Case("(tape f [(x f32[])] (return x))\n(defmodel f [x] x)", "2:1", "a second definition of f"),
    Case("(tape f [(x f32[])] (return x)", "1:1", "unclosed '('"),
    Case("(tape f [(x f32[])] (return x)))", "1:32", "nothing to close"),
    Case("(defmodel f x)", "1:1", "expected (defmodel NAME [NAME …] EXPR)"),
    Case("(defmodel f [x] x x)", "1:1", "malformed model"),
    Case("(defmodel f [x x] x)", "1:1", "x is bound twice"),
    Case("(defmodel f [(x f32[])] x)", "1:1", "expected a name, found (x …)"),
    Case("(defmodel 3 [x] x)", "1:1", "expected a name, found 3"),
    Case("(defmodel f [x] (->))", "1:17", "a macro without a value"),
  ]

  static let tapes: [Case] = [
    Case("(tape)", "1:1", "malformed tape"),
    Case("(tape f)", "1:1", "malformed tape"),
    Case("(tape f (x f32[]) (return x))", "1:1", "expected (tape NAME [(NAME TYPE) …]"),
    Case("(tape 1 [(x f32[])] (return x))", "1:1", "expected a name, found 1"),
    Case("(tape f [x] (return x))", "1:1", "malformed parameter; expected (NAME TYPE), found x"),
    Case("(tape f [(x)] (return x))", "1:10", "expected (NAME TYPE), found (x)"),
    Case("(tape f [(x f32[] 1)] (return x))", "1:10", "malformed parameter"),
    Case("(tape f [(x f32)] (return x))", "1:10", "expected a type such as f32[4,8], found f32"),
    Case("(tape f [(x f33[])] (return x))", "1:10", "unknown element type"),
    Case("(tape f [(1 f32[])] (return x))", "1:10", "expected a name, found 1"),
    Case("(tape f [(x f32[]) (x f32[])] (return x))", "1:20", "x is bound twice"),
    Case("(tape f [(x f32[])] (y x))", "1:21", "the tape does not end in what it returns"),
    Case("(tape f [(x f32[])] y)", "1:1", "expected (return NAME …), found y"),
    Case("(tape f [(x f32[])] (return))", "1:21", "nothing to return"),
    Case("(tape f [(x f32[])] (return y))", "1:21", "unknown name y"),
    Case("(tape f [(x f32[])] (return x x))", "1:21", "x is returned twice"),
    Case("(tape f [(x f32[])] (return (neg x)))", "1:21", "expected a name, found (neg …)"),
    Case("(tape f [(x f32[])] (return 1))", "1:21", "expected a name, found 1"),
  ]

  static let names: [Case] = [
    .body("(y (neg q))", "2:4", "unknown name q; expected a parameter or an earlier binding"),
    .body("(y q)", "2:1", "unknown name q"),
    .body("(y (neg y))", "2:4", "unknown name y"),
    .body("(x (neg x))", "2:1", "x is bound twice"),
    .body("(y (neg x)) (y (neg x))", "2:13", "y is bound twice"),
    .body("([a a] (neg x))", "2:1", "a is bound twice"),
    .body("(true (neg x))", "2:1", "expected a name, found true"),
    .body("(2*B (neg x))", "2:1", "expected a name, found 2*B"),
    .body("(f32[] (neg x))", "2:1", "expected a name, found f32[]"),
    .body("(:y (neg x))", "2:1", "expected a name, found :y"),
    .body("((y) (neg x))", "2:1", "expected a name, found (y)"),
    .body("(return x)", "2:1", "malformed binding"),
  ]

  static let expressions: [Case] = [
    .body("y", "1:1", "malformed binding; expected (NAME EXPR)"),
    .body("(y)", "2:1", "malformed binding"),
    .body("(y x f32[4] x)", "2:1", "malformed binding"),
    .body("(y (frob x))", "2:4", "unknown op frob; expected an op, or an earlier tape or model"),
    .body("(y (neg (frob x)))", "2:9", "unknown op frob"),
    .body("(y ())", "2:4", "a form without an op"),
    .body("(y ((neg) x))", "2:4", "expected an op's name"),
    .body("(y (neg \"x\"))", "2:4", "no expression"),
    .body("(y (neg f32[]))", "2:4", "no expression"),
    .body("(y (add x [1 2 3 4]))", "2:4", "a list that is no operand"),
    .body("(y [1 2])", "2:1", "a list that is no operand"),
    .body("([a b] (neg x))", "2:1", "expected 1 name, found 2"),
    .body("(y (neg x x))", "2:4", "C0: neg takes 1 operand, found 2"),
    .body(
      "(y\n  (add x\n    (mul x n)))", "4:5",
      "C2: mul needs operands of one element type, found f32[4] and i32[3]"),
    .body("(y (add x (reshape s :shape [2 2])))", "2:11", "C1: reshape needs as many elements"),
    .body("(y (exp n))", "2:4", "C1: exp needs a floating operand, found i32[3]"),
    .body("(y (-> x neg (exp n)))", "2:14", "C0: exp takes 1 operand, found 2"),
    .body("(y (matmul s s))", "2:4", "C1: matmul needs operands with at least one axis"),
    .body("(y (let [[a x]] b))", "2:4", "unknown name b"),
    .body("(y (let [a x] a))", "2:4", "expected [NAME EXPR], found a"),
  ]

  static let literals: [Case] = [
    .body("(y 1)", "2:1", "a literal without a type; expected a type after it, found 1"),
    .body("(y (add 1 2))", "2:4", "a literal without a type"),
    .body("(y (add n 1.5))", "2:4", "no i32 value; expected an integer that i32 holds, found 1.5"),
    .body("(y (add n 2147483648))", "2:4", "no i32 value"),
    .body("(y (add x 16777217))", "2:4", "no f32 value"),
    .body("(y (add x true))", "2:4", "no f32 value"),
    .body("(y (and p 1))", "2:4", "no bool value; expected true or false, found 1"),
    .body("(y (select 1 x x))", "2:4", "no bool value"),
    .body("(y (select p 1 2))", "2:4", "a literal without a type"),
    .body("(y (select p x false))", "2:4", "no f32 value"),
    .body("(c (constant 2))", "2:4", "constant needs its type"),
    .body("(y (add x (constant 2)))", "2:11", "constant needs its type"),
    .body("(c (constant :type f32[2]))", "2:4", "C0: constant needs a value"),
    .body(
      "(c (constant [1 2 3] :type f32[2]))", "2:4", "expected a list of 2 along axis 0, found 3"),
    .body(
      "(c (constant [[1 2] 3] :type f32[2,2]))", "2:4", "expected a list of 2 along axis 1, found 3"
    ),
    .body("(c (constant [1 [2]] :type f32[2]))", "2:4", "no f32 value"),
    .body("(c (constant [1 x] :type f32[2]))", "2:4", "no f32 value"),
    .body("(c (constant [1 2] :type f32[B]))", "2:4", "a list for a type of symbolic sizes"),
    .body("(c (constant -1 :type u8[]))", "2:4", "no u8 value"),
    .body("(c (constant 1e3 :type i64[]))", "2:4", "no i64 value"),
    .body("(c (constant 1.e3 :type f32[]))", "2:14", "digits on both sides of '.'"),
    .body("(c (constant 1 2 :type f32[]))", "2:4", "C0: constant takes 0 operands, found 1"),
  ]

  static let attributes: [Case] = [
    .body("(y (reduce-sum x))", "2:4", "C0: reduce-sum needs the attribute :axes"),
    .body(
      "(y (reduce-sum x :axes 0))", "2:4",
      "malformed value of :axes; expected a list of integers, found 0"),
    .body("(y (reduce-sum x :axes [0.0]))", "2:4", "malformed value of :axes"),
    .body("(y (reduce-sum x :axes [99999999999999999999]))", "2:4", "malformed value of :axes"),
    .body("(y (reduce-sum x :axes))", "2:4", "the attribute :axes has no value"),
    .body("(y (reduce-sum x :axes :keep true))", "2:4", "the attribute :axes has no value"),
    .body("(y (reduce-sum x :axes [0] :axes [0]))", "2:4", "the attribute :axes stands twice"),
    .body(
      "(y (reduce-sum x :axes [0] :keep 1))", "2:4",
      "malformed value of :keep; expected true or false, found 1"),
    .body("(y (reduce-sum x :axes [1]))", "2:4", "C2: reduce-sum of f32[4] needs distinct axes"),
    .body("(y (reduce-sum :axes [0] x))", "2:4", "operands stand before attributes"),
    .body("(y (reduce-sum x :axis 0))", "2:4", "C0: reduce-sum has no attribute :axis"),
    .body("(y (neg x :frob 1))", "2:4", "C0: neg has no attribute :frob; expected no attribute"),
    .body("(c (constant 1 :value 2 :type f32[]))", "2:4", "C0: constant has no attribute :value"),
    .body("(y (convert x :to f33))", "2:4", "unknown element type"),
    .body("(y (convert x :to f32[]))", "2:4", "unknown element type"),
    .body(
      "(y (argmax x :axis [0]))", "2:4", "malformed value of :axis; expected an integer, found [0]"),
    .body("(y (iota :type f32 :axis 0))", "2:4", "expected a type such as f32[4,8], found f32"),
    .body("(y (broadcast x :shape [B*T]))", "2:4", "malformed size"),
    .body("(y (broadcast x :shape [(mul 2)]))", "2:25", "expected at least two sizes, found 1"),
    .body(
      "(y (broadcast x :shape [(floordiv B 0)]))", "2:25", "expected a size and a positive number"),
    .body(
      "(y (broadcast x :shape [(div B 2)]))", "2:25", "expected add, mul, floordiv, min or max"),
    .body("(y (broadcast x :shape [true]))", "2:4", "malformed size"),
    .body("(y (broadcast s :shape [-1]))", "2:4", "C0: sizes are not negative"),
    .body("(y (broadcast s :shape [9999999999 9999999999]))", "2:4", "more than 2^48 elements"),
  ]

  static let types: [Case] = [
    .body("(y (neg x) f32[3])", "2:1", "expected f32[3], found f32[4]"),
    .body("(y (neg x) [f32[4]])", "2:1", "no type"),
    .body("([y] (neg x) f32[4])", "2:1", "no list of types"),
    .body("([y] (neg x) [f32[4] f32[4]])", "2:1", "expected [f32[4] f32[4]], found f32[4]"),
    .body("(y x 3)", "2:1", "expected a type such as f32[4,8], found 3"),
    Case("(tape f [(x f32[-1])] (return x))", "1:10", "C0: sizes are not negative"),
    Case("(tape f [(x f32[9999999999,9999999999])] (return x))", "1:10", "more than 2^48 elements"),
    Case(
      "(tape f [(x f32[99999999999999999999])] (return x))", "1:10", "a size that no tensor has"),
    Case("(tape f [(x f32[a-])] (return x))", "1:10", "malformed size"),
    Case("(tape f [(x f32[(mul B)])] (return x))", "1:17", "malformed size"),
    Case("(tape f [(x f32[1.5])] (return x))", "1:17", "no size of the type f32[…]"),
    Case("(tape f [(x f32[4)] (return x))", "1:18", "mismatched bracket"),
  ]

  static let calls: [Case] = [
    Case("(tape f [(x f32[])] (y (g x)) (return y))", "1:24", "unknown op g"),
    Case(calling("(y (g x))"), "3:35", "g takes 2 operands; expected 2, found 1"),
    Case(calling("(y (g x x :axes [0]))"), "3:35", "g has no attributes; found :axes"),
    Case(calling("(y (g x s))"), "3:35", "expected f32[4], f32[4], found f32[4], f32[]"),
    Case(calling("(y (g s s))"), "3:35", "expected f32[B], f32[B], found f32[], f32[]"),
    Case(calling("(y (g x 1))"), "3:35", "a literal is no tensor; expected f32[B], found 1"),
    Case(
      calling("(y (neg (g x x)))"), "3:40", "an operand is one value; expected one result, found 2"),
    Case(calling("([a b c] (g x x))"), "3:32", "expected 2 names, found 3"),
    Case(
      calling("(y (m x))"), "2:17", "C2: add needs operands of one shape, found f32[4] and f32[3]"),
    Case(calling("(y (m))"), "3:35", "m takes 1 operand"),
  ]

  /// A tape that may call a tape `g` of two results and a model `m`.
  private static func calling(_ binding: String) -> String {
    """
    (tape g [(a f32[B]) (b f32[B])] (c (add a b)) (return c a))
    (defmodel m [x] (add x (constant [1 2 3] :type f32[3])))
    (tape f [(x f32[4]) (s f32[])]
    """ + " " + binding + " (return x))"
  }
}
