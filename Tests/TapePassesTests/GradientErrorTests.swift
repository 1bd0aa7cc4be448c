import ScalarIR
import TapeIR
import TapePasses
import Testing

@Suite struct GradientErrorTests {
  /// x f32[4], i i32[4], z f32[2] → y = exp(x) · x, with z not used.
  private func tape() throws -> Tape {
    var builder = TapeBuilder(name: "t")
    let x = builder.parameter("x", TensorType(.f32, [4]))
    _ = builder.parameter("i", TensorType(.i32, [4]))
    _ = builder.parameter("z", TensorType(.f32, [2]))
    let e = try builder.op(.exp, x)
    let y = try builder.op(.mul, e, x)
    return builder.finish([Tape.Result(name: "y", value: y)])
  }

  private func message(_ names: [String]?, of tape: Tape) -> String {
    do {
      _ = try tape.appendingGradient(withRespectTo: names)
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test func allFloatingParametersWithoutNames() throws {
    let gradient = try tape().appendingGradient()
    #expect(gradient.results.map(\.name) == ["y", "grad-x", "grad-z"])
    let types = gradient.results.map { gradient.type(of: $0.value).description }
    #expect(types == ["f32[4]", "f32[4]", "f32[2]"])
  }

  @Test func namedParametersInTheOrderOfTheirNames() throws {
    let gradient = try tape().appendingGradient(withRespectTo: ["z", "x"])
    #expect(gradient.results.map(\.name) == ["y", "grad-z", "grad-x"])
  }

  @Test func namesThatAreNoFloatingParameters() throws {
    let tape = try tape()
    #expect(
      message(["i"], of: tape) == "a gradient needs a floating parameter, found i i32[4]")
    #expect(
      message(["w"], of: tape)
        == "there is no parameter w to differentiate by; t has [x, i, z]")
    #expect(message(["x", "x"], of: tape) == "the parameter x is named twice")
  }

  @Test func gradientNameThatIsTaken() throws {
    let tape = try tape().appendingGradient(withRespectTo: ["x"])
    #expect(
      message(["x"], of: tape)
        == "the gradient by x needs the name grad-x, which t uses already")
  }

  @Test func firstResultThatIsNotFloating() throws {
    var builder = TapeBuilder(name: "t")
    let x = builder.parameter("x", TensorType(.f32, [4]))
    let p = try builder.op(.gt, x, x)
    let tape = builder.finish([Tape.Result(name: "p", value: p)])
    #expect(message(nil, of: tape) == "a gradient needs a floating first result, found p bool[4]")
    #expect(
      message(nil, of: TapeBuilder(name: "empty").finish([]))
        == "a gradient needs a result, and empty has none")
  }

  @Test func noPathIsNil() throws {
    let tape = try tape()
    let y = tape.results[0].value
    let (extended, gradients) = try tape.appendingVJP(
      outputs: [y], seeds: [.ones], withRespectTo: tape.parameters)
    #expect(gradients.map { $0.map { extended.type(of: $0).description } } == ["f32[4]", nil, nil])
    #expect(extended.results == tape.results)
  }

  @Test func pathsEndAtIntegersAndGoThroughFlatOps() throws {
    var builder = TapeBuilder(name: "t")
    let x = builder.parameter("x", TensorType(.f32, [4]))
    let z = builder.parameter("z", TensorType(.f32, [4]))
    let p = try builder.op(.gt, x, x)
    let y = try builder.op(.add, builder.convert(p, to: .f32), builder.op(.sign, z))
    let (tape, gradients) = try builder.finish([]).appendingVJP(
      outputs: [y], seeds: [.ones], withRespectTo: [x, z])
    #expect(gradients[0] == nil)
    let zeros = try #require(gradients[1].flatMap(tape.producer(of:)))
    #expect(
      tape.family(of: tape.nodes[zeros])
        == .source(.constant(Literal(splat: ScalarValue(Float(0))))))
  }

  @Test func seedOfAnotherType() throws {
    let tape = try tape()
    #expect(throws: TapeError.self) {
      try tape.appendingVJP(
        outputs: [tape.results[0].value], seeds: [.value(tape.parameters[2])],
        withRespectTo: [tape.parameters[0]])
    }
  }

  @Test func provenanceNamesTheForwardNode() throws {
    var builder = TapeBuilder(name: "t")
    let x = builder.parameter("x", TensorType(.f32, [4]))
    let place = Provenance.Location(file: "model.swift", line: 3, column: 7)
    builder.provenance = Provenance(location: place)
    let y = try builder.op(.tanh, x)
    let tape = try builder.finish([Tape.Result(name: "y", value: y)]).appendingGradient()
    #expect(
      tape.nodes.last?.provenance == Provenance(location: place, origin: "grad of tanh"))
  }
}
