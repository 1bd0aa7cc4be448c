import SExpression
import ScalarIR
import TapeIR
import Testing

/// The results of a tape as text, for inputs that are written as literals.
func run(_ tape: String, _ inputs: String...) throws -> [String] {
  let tape = try Tape(parsing: tape)
  try tape.verify()
  var literals: [Literal] = []
  for (text, parameter) in zip(inputs, tape.parameterList) {
    let expression = try SExpressionReader.readOne(SourceText(text))
    let type = TensorType(
      parameter.type.dtype,
      parameter.type.shape.isSymbolic ? Shape(sizes(of: expression)) : parameter.type.shape)
    literals.append(try Literal(expression, as: type, in: expression, file: "<text>"))
  }
  return try TapeInterpreter.run(tape, literals).map(\.description)
}

/// The sizes of a nested list.
private func sizes(of expression: SExpression) -> [Int] {
  guard let elements = expression.listElements else { return [] }
  return [elements.count] + (elements.first.map(sizes(of:)) ?? [])
}

/// The reference interpreter on cases computed by hand.
@Suite struct TapeInterpreterTests {
  @Test func computesElementwise() throws {
    let results = try run(
      """
      (tape f [(x f32[4]) (y f32[4])]
        (a (add x y)) (b (mul x (neg y))) (c (select (lt x y) x y))
        (return a b c))
      """, "[1 2 inf nan]", "[0.5 -4 1 1]")
    #expect(results == ["[1.5 -2 inf nan]", "[-0.5 8 -inf nan]", "[0.5 -4 1 1]"])
  }

  @Test func moves() throws {
    let results = try run(
      """
      (tape f [(x i32[2,3])]
        (a (transpose x :axes [1 0])) (b (reshape x :shape [3 2]))
        (c (slice x :start [0 2] :limit [2 3])) (d (concat x x :axis 0))
        (e (broadcast x :shape [3 2] :axes [1 0]))
        (return a b c d e))
      """, "[[1 2 3] [4 5 6]]")
    #expect(
      results == [
        "[[1 4] [2 5] [3 6]]", "[[1 2] [3 4] [5 6]]", "[[3] [6]]",
        "[[1 2 3] [4 5 6] [1 2 3] [4 5 6]]",
        "[[1 4] [2 5] [3 6]]",
      ])
  }

  @Test func reducesAndContracts() throws {
    let results = try run(
      """
      (tape f [(x f32[2,3]) (w f32[3,2])]
        (a (reduce-sum x :axes [0])) (b (reduce-max x :axes [1] :keep true))
        (c (reduce-sum x :axes [])) (d (argmax x :axis 1)) (e (matmul x w))
        (return a b c d e))
      """, "[[1 2 3] [4 6 5]]", "[[1 0] [0 1] [1 1]]")
    #expect(
      results == [
        "[5 8 8]", "[[3] [6]]", "[[1 2 3] [4 6 5]]", "[2 1]", "[[4 5] [9 11]]",
      ])
  }
}

/// Sources, symbols and bad inputs.
extension TapeInterpreterTests {
  @Test func generates() throws {
    let results = try run(
      """
      (tape f [(k u32[2])]
        (a (iota :type i32[2,3] :axis 1)) (b (iota :type f16[3] :axis 0))
        (c (constant [[1 2] [3 4]] :type u8[2,2])) (d (constant 0.5 :type f64[2]))
        (e (random-bits k :type u32[2]))
        (return a b c d e))
      """, "[0 0]")
    #expect(
      results.dropLast() == [
        "[[0 1 2] [0 1 2]]", "[0 1 2]", "[[1 2] [3 4]]", "0.5",
      ])
    // 0x6b200159 xor 0x99ba4efe, from the first known answer of Threefry-2x32.
    #expect(results[4].hasPrefix("[4070199207 "))
  }

  @Test func contractsInOrder() throws {
    let results = try run(
      """
      (tape f [(a f32[3]) (b f32[3]) (p bool[2,2]) (n i8[2]) (h f16[3])]
        (y (dot a b :lhs-contract [0] :rhs-contract [0]))
        (q (dot p p :lhs-contract [1] :rhs-contract [0]))
        (m (dot n n :lhs-contract [0] :rhs-contract [0]))
        (o (dot n n :lhs-contract [] :rhs-contract []))
        (g (dot h h :lhs-contract [0] :rhs-contract [0]))
        (d (dot n n :lhs-batch [0] :rhs-batch [0] :lhs-contract [] :rhs-contract []))
        (return y q m o g d))
      """,
      // fma keeps the product's low part: (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴, not 0.
      "[-1.00048828125 1.000244140625 0]", "[1 1.000244140625 5]", "[[true false] [true true]]",
      "[100 100]",
      "[2048 2048 1]")
    #expect(
      results == [
        "5.9604645e-08", "[[true false] [true true]]", "32", "16", "inf", "16",
      ])
  }

  @Test func nothingContractedGivesZero() throws {
    let results = try run(
      """
      (tape f [(a f32[2,0]) (b f32[0,2])]
        (y (matmul a b))
        (z (dot b a :lhs-contract [1] :rhs-contract [0]))
        (return y z))
      """, "[[] []]", "[]")
    #expect(results == ["0", "[]"])
  }

  @Test func symbolsTakeTheirSizesFromTheInputs() throws {
    let text = """
      (tape f [(x f32[B]) (y f32[2*B+1,T])]
        (s (slice y :start [1 0] :limit [B+1 1]))
        (r (reshape s :shape [B]))
        (i (iota :type f32[B] :axis 0))
        (z (add x (add r i)))
        (return z))
      """
    #expect(
      try run(text, "[10 20]", "[[1 0 0] [2 0 0] [3 0 0] [4 0 0] [5 0 0]]") == ["[12 24]"])
    let tape = try Tape(parsing: text)
    #expect(try Tape(parsing: tape.description) == tape)
    let concrete = try tape.specialized(["B": 2, "T": 3])
    try concrete.verify()
    #expect(concrete.allSymbols.isEmpty)
    #expect(concrete.type(of: concrete.results[0].value) == TensorType(.f32, [2]))
    #expect(concrete.names.contains("r"))
  }

  @Test(arguments: [
    (
      "(tape f [(x f32[B]) (y f32[B])] (return x))", [[2], [3]],
      "y has size 2 (B) along axis 0, found an input of size 3"
    ),
    (
      "(tape f [(x f32[B,2])] (return x))", [[3, 4]],
      "x has size 2 along axis 1, found an input of size 4"
    ),
    ("(tape f [(x f32[2*B])] (return x))", [[4]], "no input fixes the size B"),
    (
      "(tape f [(x f32[])] (y (iota :type f32[N] :axis 0)) (return y))", [[]],
      "no input fixes the size N"
    ),
    (
      "(tape f [(x f32[2])] (return x))", [[2, 1]],
      "x has the type f32[2], found an input of shape [2,1]"
    ),
    ("(tape f [(x f32[2])] (return x))", [], "f takes 1 inputs, found 0"),
    (
      "(tape f [(x f32[2*B]) (y f32[B])] (return x))", [[4], [3]],
      "x has size 6 (2*B) along axis 0, found an input of size 4"
    ),
    (
      "(tape f [(x f32[B])] (y (slice x :start [3] :limit [B])) (return y))", [[2]],
      "C2: slice of f32[2] needs"
    ),
    (
      "(tape f [(x f32[])] (y (broadcast x :shape [1000000 1000000])) (return y))", [[]],
      "f32[1000000,1000000] wants 4000000000000 bytes"
    ),
  ])
  func inputsThatDoNotFit(text: String, sizes: [[Int]], message: String) throws {
    let tape = try Tape(parsing: text)
    do throws(TapeError) {
      _ = try TapeInterpreter.run(tape, sizes.map { Literal(splat: .one(.f32), sizes: $0) })
      Issue.record("no error")
    } catch {
      #expect(error.description.contains(message), "\(error)")
    }
  }

  @Test func otherElementTypesDoNotFit() throws {
    let tape = try Tape(parsing: "(tape f [(x f32[2])] (return x))")
    #expect(throws: TapeError.self) {
      try TapeInterpreter.run(tape, [Literal(splat: .one(.f64), sizes: [2])])
    }
  }

  /// Sizes whose products overflow are no trouble where there is no element.
  @Test func hugeSizesWithoutElements() throws {
    let tape = try Tape(
      parsing: """
        (tape f [(x f32[0,1099511627776,1099511627776])]
          (y (transpose x :axes [1 2 0]))
          (z (reduce-sum y :axes [1]))
          (c (constant 1 :type f32[1099511627776,1099511627776,0]))
          (w (add y c))
          (return z w))
        """)
    let input = Literal(dtype: .f32, sizes: [0, 1 << 40, 1 << 40], bits: [])
    let results = try TapeInterpreter.run(tape, [input])
    #expect(results.map(\.sizes) == [[1 << 40, 0], [1 << 40, 1 << 40, 0]])
  }
}
