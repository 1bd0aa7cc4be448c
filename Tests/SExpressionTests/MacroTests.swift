import SExpression
import Testing

@Suite struct MacroTests {
  @Test(arguments: [
    // Chains.
    ("(-> x (f a) g)", "(g (f x a))"),
    ("(->> x (f a) g)", "(g (f a x))"),
    ("(-> x)", "x"),
    ("(-> (f x) g)", "(g (f x))"),
    ("(-> [1 2] f)", "(f [1 2])"),
    ("(-> x (sum :axes [1]) (sub y))", "(sub (sum x :axes [1]) y)"),
    ("(->> x (concat a :axis 0))", "(concat a x :axis 0)"),
    ("(-> x ((model m) a))", "((model m) x a)"),
    ("(-> x (-> f g) h)", "(h (g (f x)))"),
    ("(-> x (f (-> y g)))", "(f x (g y))"),
    ("(-> (-> x f) g)", "(g (f x))"),
    (
      "(defmodel linear [x w b] (-> x (matmul w) (add b)))",
      "(defmodel linear [x w b] (add (matmul x w) b))"
    ),
    ("[(-> x f) (k :body (-> y g))]", "[(f x) (k :body (g y))]"),
    // Broadcasts.
    (
      "(*-> [a b] matmul (add bias) [sigmoid relu])",
      "[(sigmoid (add (matmul a b) bias)) (relu (add (matmul a b) bias))]"
    ),
    ("(*-> [x y] add)", "(add x y)"),
    ("(*-> x [inc dec])", "[(inc x) (dec x)]"),
    ("(*-> x [(f a) g] (h c))", "(h (f x a) (g x) c)"),
    ("(*->> x [(f a) g] (h c))", "(h c (f a x) (g x))"),
    ("(*->> [a b] (f c :k v))", "(f c a b :k v)"),
    ("(*-> x [f [g h]])", "[(f x) [(g x) (h x)]]"),
    ("(*-> (*-> x [f g]) add)", "(add (f x) (g x))"),
    ("(*-> [] f)", "(f)"),
    ("(*-> [a b])", "[a b]"),
    // Lists in line.
    (
      "(|-> [x y] [(linear w1 b1) (linear w2 b2)] sigmoid)",
      "[(sigmoid (linear x w1 b1)) (sigmoid (linear y w2 b2))]"
    ),
    ("(|->> [x y] [(f a) g] (h c))", "[(h c (f a x)) (h c (g y))]"),
    ("(|-> x [f g] h)", "[(h (f x)) (h (g x))]"),
    ("(|-> x f)", "(f x)"),
    ("(*-> (|-> [x y] f) add)", "(add (f x) (f y))"),
    // Bindings.
    ("(=-> x (f a) g)", "(let [[it_0 x] [it_1 (f it_0 a)] [it_2 (g it_1)]] it_2)"),
    ("(=->> x (f a))", "(let [[it_0 x] [it_1 (f a it_0)]] it_1)"),
    ("(=-> x)", "(let [[it_0 x]] it_0)"),
    ("(g it_0 (=-> it_2 f))", "(g it_0 (let [[it_1 it_2] [it_3 (f it_1)]] it_3))"),
    (
      "(=-> x (f (=-> y g)))",
      "(let [[it_0 x] [it_1 (f it_0 (let [[it_2 y] [it_3 (g it_2)]] it_3))]] it_1)"
    ),
    (
      "(*-> (=-> x f) [g h])",
      "[(g (let [[it_0 x] [it_1 (f it_0)]] it_1)) (h (let [[it_2 x] [it_3 (f it_2)]] it_3))]"
    ),
    // Conditions.
    ("(cond-> x true (f a) false g true h)", "(h (f x a))"),
    ("(cond->> x true (f a) false g)", "(f a x)"),
    ("(cond-> x)", "x"),
    ("(cond-> x false f)", "x"),
    // No macros.
    (
      "(tape t [(x f32[4])] (y (exp x)) (return y))",
      "(tape t [(x f32[4])] (y (exp x)) (return y))"
    ),
    ("[-> x f]", "[-> x f]"),
    ("(f ->)", "(f ->)"),
    ("(--> x f)", "(--> x f)"),
  ])
  func expands(text: String, expected: String) throws {
    #expect(try expandMacros(read(text)).description == expected)
  }

  @Test(arguments: [
    ("(->)", "1:1: error: a macro without a value; expected a value to thread, found (->)"),
    ("(f\n (-> x 1))", "2:8: error: no step; expected a name or a form, found 1; in (-> …)"),
    ("(-> x ())", "1:7: error: no step; expected a name or a form, found (); in (-> …)"),
    ("(-> x f :k)", "1:9: error: no step; expected a name or a form, found :k; in (-> …)"),
    ("(-> x [f g])", "1:7: error: no step; expected a name or a form, found [f g]; in (-> …)"),
    (
      "(*-> x [f \"g\"])",
      "1:11: error: no step; expected a name or a form, found \"g\"; in (*-> …)"
    ),
    (
      "(|-> [x y]\n  [f g h])",
      "2:3: error: dimension mismatch; expected a list of 2, found a list of 3"
    ),
    (
      "(|->> [x y z] f [g])",
      "1:17: error: dimension mismatch; expected a list of 3, found a list of 1"
    ),
    (
      "(cond-> x p f)",
      "1:11: error: a condition must be known when the text is read; expected true or false, "
        + "found p; in (cond-> …)"
    ),
    (
      "(cond-> x true f true)",
      "1:1: error: a condition without a step; expected pairs of a condition and a step, "
        + "found 3 elements after the value; in (cond-> …)"
    ),
  ])
  func message(text: String, expected: String) {
    #expect(expansionFailure(of: text) == "t:" + expected)
  }

  private func expansionFailure(of text: String) -> String? {
    do throws(SourceError) {
      _ = try expandMacros(read(text), file: "t")
      return nil
    } catch {
      return error.description
    }
  }

  @Test func positionsAreTheSteps() throws {
    let expanded = try expandMacros(read("(-> x\n (f a)\n g)"))
    #expect("\(expanded.position)" == "3:2")
    let inner = try #require(expanded.formElements?.last)
    #expect("\(inner.position)" == "2:2")
    #expect(inner.formElements?.map { "\($0.position)" } == ["2:3", "1:5", "2:5"])
  }

  @Test func depthIsLimited() throws {
    let limit = SExpressionReader.nestingLimit
    func steps(_ count: Int, _ macro: String, _ step: String = " f") -> String {
      "(\(macro) x" + String(repeating: step, count: count) + ")"
    }
    #expect(try expandMacros(read(steps(limit, "->"))).description.hasPrefix("(f (f (f"))
    for macro in ["->", "->>", "*->", "|->"] {
      for count in [limit + 1, 100_000] {
        let failure = try #require(expansionFailure(of: steps(count, macro)))
        #expect(failure == "t:1:1: error: brackets nest deeper than 512 levels; in (\(macro) …)")
      }
    }
    #expect(expansionFailure(of: steps(100_000, "=->")) == nil)
    #expect(expansionFailure(of: steps(100_000, "cond->", " false f")) == nil)
    let nested =
      String(repeating: "(-> ", count: 300) + "x" + String(repeating: " f f)", count: 300)
    #expect(expansionFailure(of: nested)?.contains("brackets nest deeper than 512 levels") == true)
  }

  @Test func sizeIsLimited() throws {
    let steps = String(repeating: " [f g]", count: 200)
    let failure = try #require(expansionFailure(of: "(*-> [x y]\(steps) h)"))
    #expect(failure.contains("macros expand to more than \(macroExpansionLimit) nodes"))
  }

  /// Macros may yield macros: the walk ends for whatever it is given.
  @Test func arbitraryUsesEnd() throws {
    let atoms = ["x", "f", "(f a)", "true", "1", ":k"]
    let macros = ["->", "->>", "*->", "*->>", "|->", "|->>", "=->", "=->>", "cond->", "cond->>"]
    var random = SeededGenerator(seed: 3)
    func text(_ depth: Int) -> String {
      let count = Int.random(in: 0..<4, using: &random)
      let elements = (0..<count).map { _ in depth > 0 ? text(depth - 1) : "x" }
        .joined(separator: " ")
      switch Int.random(in: 0..<4, using: &random) {
      case 0: return atoms[Int.random(in: 0..<atoms.count, using: &random)]
      case 1: return "[" + elements + "]"
      case 2: return macros[Int.random(in: 0..<macros.count, using: &random)]
      default:
        return "(" + macros[Int.random(in: 0..<macros.count, using: &random)] + " " + elements + ")"
      }
    }
    var expansions = 0
    for _ in 0..<3_000 {
      let expression = try read(text(4))
      guard let expanded = try? expandMacros(expression) else { continue }
      expansions += 1
      #expect(try expandMacros(expanded) == expanded)
      #expect(try read(expanded.description) == expanded)
    }
    #expect(expansions > 300)
  }

  @Test func freshNames() throws {
    var names = FreshNames(prefix: "L")
    #expect((0..<3).map { _ in names.next() } == ["L_0", "L_1", "L_2"])
    var others = FreshNames(
      prefix: "L", avoiding: try read("(f L_0 [L_2 (g L_x)])").symbols(withPrefix: "L_"))
    #expect((0..<3).map { _ in others.next() } == ["L_1", "L_3", "L_4"])
  }

  @Test func pairs() throws {
    let names = [symbol("a"), symbol("b")]
    let values = [integer("1"), integer("2")]
    let pairs = try pairwise(names, values, at: .start, in: "t")
    #expect(pairs.map { "\($0) \($1)" } == ["a 1", "b 2"])
    #expect(throws: SourceError.self) {
      try pairwise(names, [integer("1")], at: .start, in: "t")
    }
  }
}
