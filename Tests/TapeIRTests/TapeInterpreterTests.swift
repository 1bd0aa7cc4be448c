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
    literals.append(
      try Literal(expression, as: parameter.type, in: expression, file: "<text>"))
  }
  return try TapeInterpreter.run(tape, literals).map(\.description)
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
