import LoopIR
import SExpression
import ScalarIR
import Testing

/// A kernel on arrays a (read) and b, c (read and written), with the symbol n.
private func kernel(_ body: String) throws -> LoopProgram {
  try program(
    """
    (program p
      (symbols n m)
      (kernel k [(a f32 :read) (b f32 :read-write) (c f64 :read-write)] \(body))
      (return))
    """)
}

/// The marks of the kernel's loops by their variables.
private func marks(_ program: LoopProgram) -> [String: Loop.Mark] {
  var marks: [String: Loop.Mark] = [:]
  program.kernels[0].body.visit { statement, _ in
    if case .loop(let loop) = statement { marks[loop.variable.name] = loop.mark }
  }
  return marks
}

@Suite struct VectorizeTests {
  private func width(_ body: String, bits: Int = 512) throws -> Int? {
    let program = try kernel(body).vectorized(vectorBits: bits)
    guard case .vector(let width)? = marks(program)["i"] else { return nil }
    return width
  }

  @Test func theMostCommonTypeFillsAVector() throws {
    let single = "(for i n (let v f32 (load a i)) (store b i v))"
    #expect(try width(single) == 16)
    #expect(try width(single, bits: 256) == 8)
    #expect(
      try width("(for i n (let v f32 (load a i)) (let w f64 (convert v)) (store c i w))") == 8)
    #expect(try width("(for i 5 (let v f32 (load a i)) (store b i v))") == 8)
    // One wide value among narrow ones takes two vectors.
    #expect(
      try width(
        "(for i n (let k u64 (index i)) (let v f32 (convert k)) (let w f32 (neg v)) "
          + "(let x f32 (sqrt w)) (store b i x))") == 16)
    #expect(try width("(for i 8 (let v f32 (load a i)) (store b i v))") == 8)
    #expect(try width(single, bits: 32) == nil)
  }

  @Test(arguments: [
    // Strides, reversed and gathered loads, updates in place, conditions of loads.
    "(for i n (let v f32 (load a (mul i 3))) (store b (add (mul i 2) 1) v))",
    "(for i n (let v f32 (load a (add 9 (mul i -1)))) (store b i v))",
    "(for i n (let w f64 (load c i)) (let k i32 (convert w)) (let v f32 (load a (value k))) (store b i v))",
    "(for i n (let v f32 (load b (add i 1))) (store b (add 1 i) v))",
    "(for i n (let v f32 (load a i :if (less i 3) :else 0)) (store b i v))",
    "(for i n (let v f32 (load a i)) (let p bool (gt v v)) (rarely w f32 p u v (let u f32 (neg v))) (store b i w))",
    "(for j 4 (for i n (let v f32 (load a j)) (store b (add (mul j n) i) v)))",
    // Two stores that never meet.
    "(for i n (let v f32 (load a i)) (store b (mul i 2) v) (store b (add (mul i 2) 1) v))",
    "(for i 8 (let v f32 (load a i)) (store b i v) (store b (add i 8) v))",
    "(for i n (let v f32 (load a i)) (store b i v) (store b (add i n) v))",
  ])
  func independentIterationsBecomeLanes(body: String) throws {
    #expect(try width(body) != nil)
  }

  @Test(arguments: [
    // Iterations that touch each other's elements.
    "(for i n (let v f32 (load b (add i 1))) (store b i v))",
    "(for i n (let v f32 (load b 0)) (store b i v))",
    "(for i n (let v f32 (load a i)) (store b 0 v))",
    "(for i n (let v f32 (load a i)) (store b (mul i m) v))",
    "(for i n (let v f32 (load a i)) (store b (floordiv i 2) v))",
    "(for i n (let v f32 (load a i)) (store b (mul i i) v))",
    "(for i n (let k i32 (index i)) (let v f32 (load a i)) (store b (add i (value k)) v))",
    "(for i n (let v f32 (load a i)) (store b (mul i 2) v) (store b (add (mul i 2) 2) v))",
    "(for i 9 (let v f32 (load a i)) (store b i v) (store b (add i 8) v))",
    "(scratch s f32 1) (for i n (let v f32 (load s 0)) (store s 0 v))",
    // Bodies with more than definitions and stores.
    "(for i n (let v f32 (load a i)) (if (less i 3) (then (store b i v))))",
    "(for i n (scratch s f32 1) (let v f32 (load a i)) (store b i v))",
    "(for i n (for j 4 :unrolled (let v f32 (load a i)) (store b (add (mul i 4) j) v)))",
    // Nothing to gain.
    "(for i 1 (let v f32 (load a i)) (store b i v))",
    "(for i n)",
    // Marked already.
    "(for i 8 :unrolled (let v f32 (load a i)) (store b i v))",
  ])
  func otherLoopsStay(body: String) throws { #expect(try width(body) == nil) }

  @Test func marksStay() throws {
    #expect(try width("(for i n :vector 4 (let v f32 (load a i)) (store b i v))") == 4)
  }
}

@Suite struct ParallelizeTests {
  private func body(_ text: String) throws -> String {
    let program = try kernel(text).parallelized()
    return try kernel(text) == program
      ? "same"
      : "\(program.kernels[0])".split(separator: "\n").dropFirst()
        .map { $0.drop { $0 == " " } }.joined(separator: " ")
  }

  @Test func longNestsAreSplitAtTheirOutermostLoop() throws {
    let rows = """
      (for i 512 (scratch s f32 1) (for j 128 (let v f32 (load a j)) (store s 0 v))
        (let w f32 (load s 0)) (store b i w))
      """
    #expect(try marks(kernel(rows).parallelized()) == ["i": .parallel, "j": .serial])
    let nest = "(for i n (for j m (for k 3 (let v f32 (load a j)) (store b PLACE v))))"
    for place in [
      "(add (mul (add (mul i m) j) 3) k)", "(add (mul i (mul m 3)) (add (mul k m) j))",
    ] {
      let program = try kernel(nest.replacing("PLACE", with: place)).parallelized()
      #expect(marks(program)["i"] == .parallel)
    }
  }

  @Test func longLoopsAreCutIntoBlocks() throws {
    #expect(
      try body("(for i n :vector 16 (let v f32 (load a i)) (store b (add i 5) v))")
        == """
        (for i.block (floordiv (add n 4095) 4096) :parallel \
        (for i (min 4096 (add n (mul i.block -4096))) :vector 16 \
        (let v f32 (load a (add (mul i.block 4096) i))) \
        (store b (add (add (mul i.block 4096) i) 5) v))))
        """)
    #expect(
      try body("(for i 40960 (let v f32 (load a i)) (store b i v))")
        == """
        (for i.block 10 :parallel (for i 4096 \
        (let v f32 (load a (add (mul i.block 4096) i))) \
        (store b (add (mul i.block 4096) i) v))))
        """)
  }

  @Test func aShortOuterLoopGoesInside() throws {
    #expect(
      try body(
        """
        (for i 2 (for j 500 (for k 64
          (let v f32 (load a k)) (store b (add (mul (add (mul i 500) j) 64) k) v))))
        """)
          == """
          (for j 500 :parallel (for i 2 (for k 64 (let v f32 (load a k)) \
          (store b (add (mul (add (mul i 500) j) 64) k) v)))))
          """)
    #expect(
      try body("(for i 2 (for j n (let v f32 (load a j)) (store b (add (mul i n) j) v)))")
        == """
        (for j.block (floordiv (add n 4095) 4096) :parallel (for i 2 \
        (for j (min 4096 (add n (mul j.block -4096))) \
        (let v f32 (load a (add (mul j.block 4096) j))) \
        (store b (add (mul i n) (add (mul j.block 4096) j)) v)))))
        """)
  }

  @Test(arguments: [
    // Over too soon.
    "(for i 100 (for j 10 (let v f32 (load a j)) (store b (add (mul i 10) j) v)))",
    "(for i 4000 (let v f32 (load a i)) (store b i v))",
    "(for i 0 (for j n (let v f32 (load a j)) (store b j v)))",
    // Iterations that touch each other's elements.
    "(for i n (for j m (let v f32 (load a i)) (store b j v)))",
    "(for i n (for j 9 (let v f32 (load a i)) (store b (add (mul i 8) j) v)))",
    "(for i n (for j m (let v f32 (load a i)) (store b (add (mul i n) j) v)))",
    "(for i n (for j i (let v f32 (load a i)) (store b (add (mul i 8) j) v)))",
    "(for i n (let v f32 (load b i)) (for j 4 (store b (add (mul i 4) j) v)))",
    "(for i n (let v f32 (load a i)) (store b (mod i 8) v))",
    // More than one nest, and marks that stand.
    "(scratch s f32 1) (for i n (let v f32 (load a i)) (store b i v))",
    "(for i n :parallel (let v f32 (load a i)) (store b i v))",
    "(for i n :block 0 (for j 4 (let v f32 (load a i)) (store b (add (mul i 4) j) v)))",
  ])
  func otherKernelsStay(text: String) throws { #expect(try body(text) == "same") }
}

@Suite struct SimplifyTests {
  private func body(_ text: String) throws -> String {
    "\(try kernel(text).simplified().kernels[0])".split(separator: "\n").dropFirst()
      .map { $0.drop { $0 == " " } }.joined(separator: " ")
  }

  @Test func whatRunsOnceIsWrittenOut() throws {
    #expect(
      try body(
        """
        (for i 1 :parallel
          (for j 0 (let u f32 (load a j)) (store b j u))
          (let v0 f32 (load a (add (mul i 8) 3) :if (less i 1) :else 0))
          (let v1 f32 (neg v0))
          (scratch s f32 4)
          (if (less 0 i) (then (store b 1 v0)) (else (store b i v0))))
        """) == "(let v0 f32 (load a 3)) (store b 0 v0))")
    #expect(
      try body("(for i 4 (let v f32 (load a i :if (less 5 4) :else 2)) (store b i v))")
        == "(for i 4 (let v f32 (constant 2)) (store b i v)))")
  }

  @Test(arguments: [
    ("(min 512 (add (mul (mod i 8) -512) 4096))", "512"), ("(max 128 i)", "128"),
    ("(max i 127)", "127"), ("(min 5 i)", "(min 5 i)"), ("(floordiv i 128)", "0"),
    ("(mod (floordiv i 8) 16)", "(floordiv i 8)"), ("(mod (add i -1) 128)", "(mod (add i -1) 128)"),
    ("(min i n)", "(min i n)"), ("(mod i 127)", "(mod i 127)"),
    ("(min (mul i 9223372036854775807) 1)", "(min (mul i 9223372036854775807) 1)"),
  ])
  func extentsDecideIndices(index: String, simplified: String) throws {
    let text = "(for i 128 (let v f32 (load a %)) (store b i v))"
    func parts(_ text: String) -> [Substring] { text.split(separator: "%") }
    let wanted = parts(text).joined(separator: simplified)
    #expect(try body(parts(text).joined(separator: index)) == wanted + ")")
  }

  @Test(arguments: [
    "(for i 2 (let v f32 (load a i)) (store b i v)))",
    "(for i n (let v f32 (load a i)) (store b i v)))",
    "(for i 1 :block 0 (for j 1 :thread 0 (let v f32 (load a i)) (store b j v))))",
    "(let k i32 (index n)) (let v f32 (load a (value k))) (store b 0 v))",
    "(let v f32 (load a 0)) (let p bool (gt v v)) (if (holds p) (then (store b 0 v))))",
    "(scratch s f32 1) (let v f32 (load a 0)) (store s 0 v) (let w f32 (load s 0)) (store b 0 w))",
    "(let v f32 (load a 0)) (let p bool (gt v v)) (rarely w f32 p u v (let u f32 (neg v))) "
      + "(store b 0 w))",
  ])
  func whatIsUsedStays(text: String) throws {
    #expect(try body(String(text.dropLast())) == text)
  }
}

@Suite struct StreamingTests {
  /// The arrays of kernels stored past the caches, where those hold 64 bytes.
  private func streamed(_ buffers: String, _ launches: String) throws -> [String] {
    try program(
      """
      (program p
        (symbols n)
        (buffer x f32 16 :input 0)
        (buffer short f32 15 :input 1)
        \(buffers)
        (kernel k [(a f32 :read) (b f32 :write)]
          (for i 15 (let v f32 (load a i)) (store b i v)))
        \(launches)
        (return (y y)))
      """
    ).streamedArrays(from: 64).map { "\($0.kernel) \($0.array)" }
  }

  @Test func whatIsLargeAndReadFromSuch() throws {
    let y = "(buffer y f32 16 :output)"
    #expect(try streamed(y, "(launch k [x y])") == ["0 b"])
    #expect(try streamed(y, "") == [])
    #expect(try streamed(y, "(launch k [short y])") == [])
    #expect(try streamed("(buffer y f32 15 :output)", "(launch k [x y])") == [])
    #expect(try streamed("(buffer y f32 n :output)", "(launch k [x y])") == [])
    #expect(
      try streamed(
        y + "(buffer t f32 15 :temporary)", "(launch k [x t]) (launch k [x y])") == [])
    #expect(
      try streamed(
        y + "(buffer t f32 16 :temporary :offset 0) (buffer u f32 16 :temporary :offset 0)",
        "(launch k [x t]) (launch k [t u]) (launch k [x y])") == [])
  }
}
