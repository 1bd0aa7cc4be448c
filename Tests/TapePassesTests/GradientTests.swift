import ScalarIR
import TapeIR
import TapePasses
import Testing

/// Gradients against differences of the values, and gradients of gradients against differences of
/// gradients.
@Suite struct GradientTests {
  @Test func everyDifferentiableOpHasACase() {
    let covered = Set(GradientCase.all.map(\.op))
    for op in OpTable.standard.ops {
      if case .rule = op.gradient {
        #expect(covered.contains(op.name), "no case for the gradient of \(op.name)")
      }
    }
  }

  @Test(arguments: GradientCase.all)
  func agreesWithDifferences(_ example: GradientCase) throws {
    let tape = try weighted(Tape(parsing: example.tape))
    try expectGradient(of: tape, at: example.inputs)
  }

  @Test(arguments: GradientCase.all)
  func nests(_ example: GradientCase) throws {
    let gradient = try weighted(Tape(parsing: example.tape)).appendingGradient()
    for result in gradient.results.dropFirst() {
      let alone = TapeBuilder(extending: gradient).finish([
        Tape.Result(name: "g", value: result.value)
      ])
      try expectGradient(of: weighted(alone), at: example.inputs)
    }
  }

  /// Jacobian-vector products, as `jvp` makes them: the gradient, which is linear in the cotangents
  /// that it starts with, differentiated by these.
  @Test(arguments: GradientCase.all)
  func pushesForward(_ example: GradientCase) throws {
    let tape = try Tape(parsing: example.tape)
    var builder = TapeBuilder(name: "product")
    let parameters = tape.parameterList.map { builder.parameter($0.name, $0.type) }
    let seed = builder.parameter("seed", tape.type(of: tape.results[0].value))
    let directions = tape.parameterList.map { builder.parameter("v-\($0.name)", $0.type) }
    let output = try builder.inline(tape, parameters)[0]
    let type = builder.type(of: output)
    let (reversed, cotangents) = try builder.finish([]).appendingVJP(
      outputs: [output], seeds: [.value(seed)], withRespectTo: parameters)
    let reached = zip(cotangents, directions).compactMap { cotangent, direction in
      cotangent.map { ($0, direction) }
    }
    let (forward, tangents) = try reversed.appendingVJP(
      outputs: reached.map(\.0), seeds: reached.map { .value($0.1) }, withRespectTo: [seed])
    let tangent = try #require(tangents[0])
    let product = TapeBuilder(extending: forward).finish([
      Tape.Result(name: "tangent", value: tangent)
    ])
    try product.verify()
    let steps = example.inputs.map { input in
      tensor(input.sizes, (0..<input.count).map { 0.5 - 0.3 * Double($0 % 5) })
    }
    let sizes = try #require(type.shape.sizes)
    let ones = tensor(sizes, [Double](repeating: 1, count: sizes.reduce(1, *)))
    let found = try TapeInterpreter.run(product, example.inputs + [ones] + steps)[0].doubles
    let step: Double = 0x1p-12
    func value(_ count: Double) throws -> [Double] {
      let moved = zip(example.inputs, steps).map { input, direction in
        tensor(
          input.sizes, zip(input.doubles, direction.doubles).map { $0 + count * step * $1 })
      }
      return try TapeInterpreter.run(tape, moved)[0].doubles
    }
    let (near, far) = (zip(try value(1), try value(-1)), zip(try value(2), try value(-2)))
    for (position, (near, far)) in zip(near, far).enumerated() {
      let difference = (8 * (near.0 - near.1) - (far.0 - far.1)) / (12 * step)
      let tolerance = 1e-6 * Swift.max(abs(found[position]), abs(difference), 1e-3)
      #expect(
        abs(found[position] - difference) <= tolerance,
        "element \(position): \(found[position]), not \(difference)")
    }
  }

  /// The tape with its first result times weights that differ from element to element, so that no
  /// cotangent is lost among equal ones.
  private func weighted(_ tape: Tape) throws -> Tape {
    let value = tape.results[0].value
    let sizes = try #require(tape.type(of: value).shape.sizes)
    let weights = (0..<sizes.reduce(1, *)).map { number -> Double in
      let place = Double(number)
      return 1 + 0.37 * place - 0.05 * place * place
    }
    var builder = TapeBuilder(extending: tape)
    let weight = try builder.literal(tensor(sizes, weights))
    let product = try builder.op(.mul, value, weight)
    return builder.finish([Tape.Result(name: "weighted", value: product)])
  }

  private func expectGradient(of tape: Tape, at inputs: [Literal]) throws {
    let gradient = try tape.appendingGradient()
    try gradient.verify()
    let found = try TapeInterpreter.run(gradient, inputs)
    for (number, input) in inputs.enumerated() {
      let exact = found[number + 1].doubles
      for position in 0..<input.count {
        let difference = try difference(of: tape, inputs, input: number, position)
        let tolerance = 1e-6 * Swift.max(abs(exact[position]), abs(difference), 1e-3)
        #expect(
          abs(exact[position] - difference) <= tolerance,
          "by element \(position) of input \(number): \(exact[position]), not \(difference)")
      }
    }
  }

  /// The derivative of the sum of the tape's first result, by a central difference of fourth order.
  private func difference(
    of tape: Tape, _ inputs: [Literal], input: Int, _ position: Int
  ) throws -> Double {
    let step: Double = 0x1p-12
    func sum(_ steps: Double) throws -> Double {
      var values = inputs[input].doubles
      values[position] += steps * step
      var moved = inputs
      moved[input] = tensor(inputs[input].sizes, values)
      return try TapeInterpreter.run(tape, moved)[0].doubles.reduce(0, +)
    }
    let near = try sum(1) - sum(-1)
    let far = try sum(2) - sum(-2)
    return (8 * near - far) / (12 * step)
  }
}

/// Gradients where an op is not smooth, and where NaN lurks.
@Suite struct GradientEdgeTests {
  private func gradient(_ text: String, _ inputs: Literal...) throws -> [[Double]] {
    let tape = try Tape(parsing: text).appendingGradient()
    try tape.verify()
    return try TapeInterpreter.run(tape, inputs).dropFirst().map(\.doubles)
  }

  @Test func tiesSplitEvenly() throws {
    let found = try gradient(
      "(tape t [(a f64[2]) (b f64[2])] (y (max a b)) (return y))", tensor([2], [1, 2]),
      tensor([2], [1, 3]))
    #expect(found == [[0.5, 0], [0.5, 1]])
    let reduced = try gradient(
      "(tape t [(x f64[4])] (y (reduce-max x :axes [0])) (return y))", tensor([4], [3, 1, 3, 3]))
    let third: Double = 1 / 3
    #expect(reduced == [[third, 0, third, third]])
  }

  @Test func runningAndWindowedExtremaShareTies() throws {
    func ofSum(_ expression: String, _ values: [Double]) throws -> [Double] {
      try gradient(
        "(tape t [(x f64[\(values.count)])] (y \(expression)) (return y))",
        tensor([values.count], values))[0]
    }
    // Results 1, 1, 1, 2, 2, of which the third has three equals up to it.
    let running = try ofSum(
      "(mul (cum-max x :axis 0) (constant [6 12 18 24 30] :type f64[5]))", [1, 1, 1, 2, 0])
    #expect(running == [18, 12, 6, 54, 0])
    let reversed = try ofSum(
      "(mul (cum-min x :axis 0 :reverse true) (constant [18 12 6] :type f64[3]))", [4, 4, 4])
    #expect(reversed == [6, 12, 18])
    let windowed = try ofSum(
      "(mul (window-max x :window [3]) (constant [6 12] :type f64[2]))", [5, 5, 5, 1])
    #expect(windowed == [2, 8, 8, 0])
    let spread = try ofSum("(window-min x :window [4])", [.nan, 1, .nan, 0])
    #expect(spread == [0.5, 0, 0.5, 0])
  }

  /// Factors whose product overflows stand where nothing depends on them.
  @Test func productsThatNobodyReadsStayOut() throws {
    let found = try gradient(
      """
      (tape t [(x f64[5000])]
        (y (slice (cum-prod x :axis 0) :start [0] :limit [2])) (return y))
      """, tensor([5000], [Double](repeating: 4, count: 5000)))[0]
    #expect(found[0] == 5 && found[1] == 4 && found[2...].allSatisfy { $0 == 0 })
  }

  @Test func absAtZero() throws {
    let found = try gradient(
      "(tape t [(x f64[2])] (y (abs x)) (return y))", tensor([2], [0, -0.0]))
    #expect(found[0].allSatisfy { $0 == 0 })
  }

  @Test(arguments: [
    "(select (gt x 0) (log x) 0)",
    "(select (gt x 0) (sqrt x) x)",
    "(select (gt x 0) (div 1 x) 0)",
    "(max (log x) 0)",
    "(mul 2 (select (gt x 0) (tanh (log x)) 0))",
  ])
  func nothingComesThroughWhatWasNotTaken(_ expression: String) throws {
    let found = try gradient(
      "(tape t [(x f64[3])] (y \(expression)) (return y))", tensor([3], [0, 2, 0]))[0]
    #expect(found.allSatisfy { $0.isFinite }, "\(found)")
    #expect(found[0] == found[2] && found[1] != 0)
  }

  @Test func nothingComesThroughWhatWasSlicedAway() throws {
    let found = try gradient(
      "(tape t [(x f64[3])] (y (slice (log x) :start [1] :limit [3])) (return y))",
      tensor([3], [0, 2, 4]))
    #expect(found == [[0, 0.5, 0.25]])
  }

  @Test func whatWasTakenKeepsItsNaN() throws {
    let found = try gradient(
      "(tape t [(x f64[2])] (y (select (lt x 2) (div x x) 0)) (return y))", tensor([2], [0, 1]))
    #expect(found[0][0].isNaN && found[0][1] == 0)
  }

  /// At x = 0 the inner cotangent is zero without having been masked there.
  @Test func maskedZeroKeepsItsSecondDerivative() throws {
    let first = try Tape(
      parsing: """
        (tape t [(x f64[2])]
          (s (select (lt x 9) (tanh x) x))
          (y (mul s s))
          (return y))
        """
    ).appendingGradient()
    let second = try TapeBuilder(extending: first).finish([
      Tape.Result(name: "g", value: first.results[1].value)
    ]).appendingGradient()
    #expect(try second.run(tensor([2], [0, 0]))[1] == [2, 2])
  }

  @Test func unusedAndSharedValues() throws {
    let found = try gradient(
      """
      (tape t [(x f64[2]) (z f64[])]
        (a (exp x)) (y (add (mul a x) (add a x))) (return y))
      """, tensor([2], [0, 0]), tensor([], [3]))
    #expect(found == [[3, 3], [0]])
  }

  @Test func gradientBySeveralOutputsWithSeeds() throws {
    let tape = try Tape(
      parsing: """
        (tape t [(x f64[2]) (s f64[2])]
          (a (mul x x)) (b (exp x)) (return a b))
        """)
    let x = tape.parameters[0]
    let (extended, gradients) = try tape.appendingVJP(
      outputs: tape.results.map(\.value), seeds: [.value(tape.parameters[1]), .ones],
      withRespectTo: [x])
    let value = try #require(gradients[0])
    let run = TapeBuilder(extending: extended).finish([Tape.Result(name: "g", value: value)])
    #expect(try run.run(tensor([2], [0, 3]), tensor([2], [5, 0]))[0][0] == 1)
  }

  @Test func lowPrecisionKeepsItsType() throws {
    let tape = try Tape(
      parsing: "(tape t [(x f16[2]) (w f32[2])] (y (mul (convert x :to f32) w)) (return y))"
    ).appendingGradient()
    #expect(
      tape.results.map { tape.type(of: $0.value).description } == ["f32[2]", "f16[2]", "f32[2]"])
  }
}
