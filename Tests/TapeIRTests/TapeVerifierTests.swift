import ScalarIR
import TapeIR
import Testing

/// Tapes that break a rule, and what the verifier says of them.
@Suite struct TapeVerifierTests {
  private func message(_ tape: Tape) -> String? {
    do throws(TapeError) {
      try tape.verify()
      return nil
    } catch {
      return error.description
    }
  }

  private func builder() throws -> (TapeBuilder, Value) {
    var builder = TapeBuilder(name: "f")
    let x = builder.parameter("x", TensorType(.f32, [4]))
    let y = try builder.op(.neg, x)
    return (builder, y)
  }

  @Test func aGoodTapePasses() throws {
    let (builder, y) = try builder()
    #expect(message(builder.finish([Tape.Result(name: "y", value: y)])) == nil)
  }

  @Test func resultsAreChecked() throws {
    let (builder, y) = try builder()
    #expect(message(builder.finish([])) == "tape f: it returns nothing")
    let result = Tape.Result(name: "y", value: y)
    #expect(
      message(builder.finish([result, result])) == "tape f: its result 'y' needs a name of its own")
    #expect(
      message(builder.finish([Tape.Result(name: "a b", value: y)]))
        == "tape f: its result 'a b' needs a name of its own")
    #expect(
      message(builder.finish([Tape.Result(name: "x", value: y)]))
        == "tape f: its result x has the name of a parameter")
    #expect(
      message(builder.finish([Tape.Result(name: "z", value: Value(index: 2))]))
        == "tape f: its result z is no value")
  }

  @Test func parametersComeFirst() throws {
    var (builder, y) = try builder()
    let late = builder.parameter("late", TensorType(.f32, [4]))
    let sum = try builder.op(.add, y, late)
    #expect(
      message(builder.finish([Tape.Result(name: "y", value: sum)]))
        == "tape f: its parameters are not its first values")
  }

  @Test func parametersHaveNames() throws {
    var builder = TapeBuilder(name: "f")
    let x = builder.parameter("1x", TensorType(.f32, [4]))
    #expect(
      message(builder.finish([Tape.Result(name: "y", value: x)]))
        == "tape f: its parameter 0 needs a name of its own")
  }

  @Test func typesAreInferredAgain() throws {
    var (builder, y) = try builder()
    let node = builder.tape.nodes[0]
    let other = builder.copy(node, [y], types: [TensorType(.f64, [4])])[0]
    #expect(
      message(builder.finish([Tape.Result(name: "y", value: other)]))
        == "tape f: its node 1, neg, has the type f64[4], but f32[4] is inferred")
  }
}
