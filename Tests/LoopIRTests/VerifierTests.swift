import LoopIR
import ScalarIR
import Testing

@Suite struct VerifierTests {
  private func failure(_ text: String) throws -> String? {
    let program = try program(text)
    do throws(LoopError) {
      try program.verify()
      return nil
    } catch { return error.description }
  }

  @Test(arguments: [
    ("(store y 0 a)", "expected a scalar defined before, found a"),
    ("(let a f32 (constant 1)) (let a f32 (constant 1))", "expected a variable name of its own"),
    ("(let n f32 (constant 1))", "not named like a symbol"),
    ("(for i 4 (let a f32 (load x i))) (store y 0 a)", "expected a scalar defined before"),
    ("(for i 4 (for i 4))", "expected a variable name of its own, found i twice"),
    ("(let a f32 (load x i))", "expected the variable of a loop around it, found i"),
    ("(let a f32 (load z 0))", "found no array z here"),
    ("(let a f32 (load y 0))", "found y, only written"),
    ("(let a f32 (load x 0)) (store x 0 a)", "found x, only read"),
    ("(let a f64 (load x 0))", "expected an array of f64, found f32"),
    ("(let a f64 (constant 1)) (store y 0 a)", "expected a value of f32, found f64"),
    ("(let a f32 (load x 0 :if (less 0 n)))", "a value where the condition does not hold"),
    ("(let a f32 (constant 1)) (let b f32 (load x (value a)))", "an integer as index, found f32"),
    ("(let a f32 (index 1))", "expected an integer type, found f32"),
    ("(let a f32 (constant 1)) (let b f32 (not a))", "not from f32 to itself"),
    ("(let a f32 (constant 1)) (let b f64 (neg a))", "neg from f64 to itself, found f32"),
    ("(let a i32 (constant 1)) (let b i32 (sqrt a))", "sqrt from i32 to itself"),
    ("(let a f32 (constant 1)) (let b f32 (rem a a))", "two operands of f32 for rem"),
    ("(let a f32 (constant 1)) (let b i32 (constant 1)) (let c f32 (add a b))", "found f32, i32"),
    ("(let a f32 (constant 1)) (let b f32 (lt a a))", "operands of one type and a bool for lt"),
    ("(let a i32 (constant 1)) (let b i32 (fma a a a))", "f32 or f64"),
    ("(let a f32 (constant 1)) (let b f32 (select a a a))", "a bool and two operands of f32"),
    ("(let a f32 (constant 1)) (let b f64 (bitcast a))", "an operand as wide as f64"),
    ("(let a f32 (constant 1)) (if (holds a) (then))", "expected a bool, found f32"),
    ("(let a f32 (constant 1)) (rarely b f32 a a a)", "a bool and two values of f32, found f32"),
    ("(let p bool (constant true)) (rarely b f32 p p p)", "two values of f32, found bool, bool"),
    (
      "(let p bool (constant true)) (let a f32 (constant 1)) (rarely b f32 p c a "
        + "(let c f32 (neg a))) (store y 0 c)", "expected a scalar defined before, found c"
    ),
    (
      "(let p bool (constant true)) (let a f32 (constant 1)) (rarely b f32 p a c "
        + "(let c f32 (neg a)))", "expected a scalar defined before, found c"
    ),
    (
      "(let p bool (constant true)) (let a f32 (constant 1)) (rarely b f32 p c a "
        + "(let c f32 (load x 0)))", "expected scalars made of scalars alone on a rare path"
    ),
    (
      "(let p bool (constant true)) (let a f32 (constant 1)) (rarely b f32 p a a "
        + "(store y 0 a))", "expected scalars made of scalars alone on a rare path"
    ),
    ("(let a f32 (load x (mod 4 0)))", "expected a positive divisor, found 0"),
    ("(let a f32 (load x (floordiv (mod 4 -1) 3)))", "expected a positive divisor, found -1"),
    ("(scratch x f32 4)", "expected an array name of its own, found x twice"),
    ("(for i 4 (scratch s f32 4)) (let a f32 (load s 0))", "found no array s here"),
    ("(scratch s f32 -4)", "scratch of 0 or more elements"),
    ("(for i 4 :parallel) (for j 4)", "the kernel's only statement"),
    ("(for i 4 (for j 4 :parallel))", "the kernel's only statement"),
    ("(for i 4 :vector 0)", "expected a vector width of 1 or more"),
    ("(for i 4 :vector 4 (for j 4))", "expected no loop in a vector loop"),
    ("(for i 4 :vector 4 (if (less i 2) (then (for j 4))))", "expected no loop in a vector loop"),
    ("(for i 4 :vector 4 (scratch s f32 1))", "in no vector loop"),
    ("(for i n :unrolled)", "expected a constant extent to unroll"),
    ("(barrier)", "found no thread loop"),
    ("(for i 4 :thread 3)", "expected an axis of its own"),
    ("(for i 4 :thread 0 (for j 4 :thread 0))", "expected an axis of its own"),
    ("(for i 4 :thread 0 (for j 4 :block 0))", "expected block loops around thread loops"),
    ("(for i 4 :thread 0 (if (less i 2) (then (barrier))))", "found divergent control flow"),
    ("(for i 4 :thread 0 (for j i (barrier)))", "found divergent control flow"),
    ("(let a f32 (constant 1)) (let b f32 (shuffle a 0))", "a shuffle in a thread loop"),
    (
      "(for i 32 :thread 0 (let a f32 (constant 1)) "
        + "(if (less i 2) (then (let b f32 (shuffle a 0)))))", "found divergent control flow"
    ),
    (
      "(for i 48 :thread 0 (let a f32 (constant 1)) (let b f32 (shuffle a 0)))",
      "expected a shuffle in one thread loop, of a multiple of 32, found 48"
    ),
    (
      "(for j 2 :thread 1 (for i 32 :thread 0 (let a f32 (constant 1)) "
        + "(let b f32 (shuffle a 0))))", "of a multiple of 32, found 2 x 32"
    ),
    (
      "(for i 32 :thread 0 (let a f32 (constant 1)) (let b f32 (shuffle a (add i 1))))",
      "expected a lane in 0 ..< 32, found (add i 1)"
    ),
    (
      "(for i 32 :thread 0 (let a f32 (constant 1)) (let b i32 (shuffle a i)))",
      "expected a shuffled operand of i32, found f32"
    ),
  ])
  func kernelsAreChecked(body: String, message: String) throws {
    let found = try failure(
      """
      (program p
        (symbols n)
        (buffer x f32 n :input 0)
        (buffer y f32 n :output)
        (kernel k [(x f32 :read) (y f32 :write)] \(body))
        (launch k [x y])
        (return (y y)))
      """)
    #expect(
      found?.hasPrefix("kernel k, ") == true && found?.contains(message) == true,
      "\(found ?? "valid")")
  }

  @Test(arguments: [
    ("(symbols n n)", "expected a symbol name of its own, found n twice"),
    ("(buffer x f32 -1 :input 0)", "buffer x: expected a size of 0 or more"),
    ("(buffer x f32 72057594037927937 :input 0)", "buffer x: expected at most 2^56 elements"),
    ("(buffer x f32 4611686018427387905 :input 0)", "buffer x: expected a size of at most 2^62"),
    (
      "(buffer t f64 72057594037927936 :temporary :offset 4611686018427387904) (arena 0)",
      "buffer t: expected an end within the arena's 0 bytes"
    ),
    ("(buffer x f32 m :input 0)", "buffer x: expected a size made of declared symbols, found m"),
    ("(buffer x f32 4 :input 0) (buffer z f32 4 :input 0)", "an input number of its own"),
    ("(buffer c f32 4 :constant 1 :shape [3])", "expected a constant of 4 elements of f32"),
    ("(buffer y f32 4 :output)", "buffer y: expected a step that writes it"),
    ("(buffer t f32 4 :temporary :offset 0)", "expected an arena for the offset"),
    ("(buffer t f32 4 :temporary :offset 2) (arena 64)", "a multiple of 4"),
    ("(buffer t f32 4 :temporary :offset 52) (arena 64)", "an end within the arena's 64 bytes"),
    ("(arena -1)", "arena: expected a size of 0 or more"),
    ("(kernel k []) (launch k []) (buffer t f32 4 :temporary) (return (t t))", "the temporary t"),
    (
      "(buffer x f32 4 :input 0) (buffer y f64 4 :output) (kernel k [(a f64 :read)]) (launch k [x])",
      "expected a buffer of f64, found x of f32"
    ),
    ("(kernel k []) (buffer x f32 4 :input 0) (launch k [x])", "expected 0 arguments, found 1"),
    (
      "(buffer x f32 4 :input 0) (kernel k [(a f32 :write)]) (launch k [x])",
      "expected an output or a temporary to write to, found x"
    ),
    (
      "(buffer t f32 4 :temporary) (kernel k [(a f32 :read)]) (launch k [t])",
      "expected t written by a step before"
    ),
    (
      """
      (buffer t f32 4 :temporary) (kernel z [(a f32 :write)])
      (kernel k [(a f32 :read) (b f32 :write)]
        (for i 4 (let v f32 (load a (add 3 (mul i -1)))) (store b i v)))
      (launch z [t]) (launch k [t t])
      """, "expected one parameter bound to t, which is written, found a and b"
    ),
    (
      "(buffer a i32 4 :input 0) (buffer c i32 4 :output)"
        + "(matrix-product i32 :m 2 :n 2 :k 2 :a a :b a :c c)", "expected f32 or f64"
    ),
    (
      "(buffer c f32 4 :output) (matrix-product f32 :m 2 :n 2 :k 2 :a c :b c :c c)",
      "expected c written by a step before"
    ),
  ])
  func programsAreChecked(parts: String, message: String) throws {
    let text = "(program p \(parts) \(parts.contains("(return") ? "" : "(return)"))"
    let found = try failure(text)
    #expect(found?.contains(message) == true, "\(found ?? "valid")")
  }

  @Test func aBufferMayBeReadAndWrittenInPlace() throws {
    let found = try failure(
      """
      (program p
        (buffer t f32 4 :temporary)
        (kernel z [(a f32 :write)] (for i 4 (let v f32 (constant 0)) (store a i v)))
        (kernel k [(a f32 :read) (b f32 :write)] (for i 4 (let v f32 (load a i)) (store b i v)))
        (launch z [t]) (launch k [t t])
        (return))
      """)
    #expect(found == nil)
  }
}
