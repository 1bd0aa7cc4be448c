import ScalarIR
import TapeIR
import Testing

private let b = Dim.symbol("B")

@Suite struct TypeRuleTests {
  /// Which element types each elementwise op takes.
  @Test(arguments: [
    ("neg", 1, "number"), ("abs", 1, "number"), ("sign", 1, "number"),
    ("sqrt", 1, "floating"), ("exp", 1, "floating"), ("log", 1, "floating"),
    ("tanh", 1, "floating"), ("logistic", 1, "floating"), ("not", 1, "integer or bool"),
    ("add", 2, "any"), ("sub", 2, "number"), ("mul", 2, "any"), ("div", 2, "number"),
    ("max", 2, "any"), ("min", 2, "any"), ("and", 2, "integer or bool"),
    ("or", 2, "integer or bool"), ("eq", 2, "any"), ("lt", 2, "any"),
  ])
  func elementTypes(name: String, count: Int, operandClass: String) throws {
    for dtype in DType.allCases {
      let isTaken =
        switch operandClass {
        case "number": dtype != .bool
        case "floating": dtype.isFloating
        case "integer or bool": !dtype.isFloating
        default: true
        }
      let found = try inferred(name, [String](repeating: "\(dtype)[4]", count: count))
      #expect(!found.hasPrefix("C") == isTaken, "\(name) of \(dtype): \(found)")
      guard isTaken else { continue }
      #expect(found == (["eq", "lt"].contains(name) ? "bool[4]" : "\(dtype)[4]"))
      let expression = try meaning(name, [DType](repeating: dtype, count: count))
      #expect(expression.resultTypes.map(\.name) == [found.replacing("[4]", with: "")])
    }
  }

  @Test func messagesNameWhatIsNeededAndFound() throws {
    #expect(try inferred("exp", ["i32[4]"]) == "C1: exp needs a floating operand, found i32[4]")
    #expect(
      try inferred("add", ["f32[B]", "f32[4]"])
        == "C2: add needs operands of one shape, found f32[B] and f32[4]")
    #expect(try inferred("add", ["f32[4]"]) == "C0: add takes 2 operands, found 1")
    #expect(
      try inferred("select", ["f32[4]", "f32[4]", "f32[4]"])
        == "C1: select needs a bool predicate, found f32[4]")
    #expect(
      try inferred("argmax", ["f32[2,0]"], [.axis: .integer(1)])
        == "C3: argmax needs 1 ..< 2^31 elements along axis 1, found f32[2,0]")
    #expect(
      try inferred("random-bits", ["u32[2]"], [.type: .type(type("f32[3]"))])
        == "C2: random-bits needs an unsigned type, found f32[3]")
  }

  @Test func concatAddsSizes() throws {
    let axis: Attributes = [.axis: .integer(0)]
    #expect(try inferred("concat", ["f32[B,2]", "f32[B,2]", "f32[1,2]"], axis) == "f32[2*B+1,2]")
    #expect(try inferred("concat", ["f32[B]", "f32[T]"], axis) == "f32[B+T]")
    #expect(
      try inferred("concat", ["f32[2,B]", "f32[2,T]"], axis)
        == "C3: concat along axis 0 needs operands of one size along axis 1, "
        + "found f32[2,B] and f32[2,T]")
  }

  private func sliced(_ operand: String, _ start: Dim, _ limit: Dim, _ stride: Int = 1) throws
    -> String
  {
    try inferred(
      "slice", [operand],
      [.start: .dims([start]), .limit: .dims([limit]), .stride: .integers([stride])])
  }

  @Test func sliceSizesAreRoundedUp() throws {
    #expect(try sliced("f32[7]", 1, 6, 2) == "f32[3]")
    #expect(try sliced("f32[7]", 3, 3, 5) == "f32[0]")
    #expect(try sliced("f32[B]", 1, b) == "f32[B-1]")
    #expect(try sliced("f32[B]", 0, b, 2) == "f32[(floordiv B+1 2)]")
    #expect(try sliced("f32[B]", 0, b, 1) == "f32[B]")
  }

  @Test func sliceBoundsAreCheckedWhereTheyAreKnown() throws {
    #expect(
      try sliced("f32[B]", 0, b + 1)
        == "C2: slice of f32[B] needs 0 ≤ start ≤ limit ≤ B along axis 0, found 0 and B+1")
    #expect(try sliced("f32[B]", b, b - 1).hasPrefix("C2"))
    #expect(try sliced("f32[4]", -1, 2).hasPrefix("C2"))
    // Whether this holds depends on B.
    #expect(try sliced("f32[B]", 0, 3) == "f32[3]")
  }

  private func reshaped(_ operand: String, _ dims: [Dim]) throws -> String {
    try inferred("reshape", [operand], [.shape: .dims(dims)])
  }

  @Test func reshapeComparesSymbolicCounts() throws {
    #expect(try reshaped("f32[B,6]", [2 * b, 3]) == "f32[2*B,3]")
    #expect(try reshaped("f32[B,T]", [.symbol("T") * b]) == "f32[(mul B T)]")
    #expect(
      try reshaped("f32[B,6]", [b, 5])
        == "C1: reshape needs as many elements as before, found f32[B,6] to [B,5]")
  }

  @Test func reductionsDropOrKeepAxes() throws {
    let axes: Attributes = [.axes: .integers([0, 2])]
    #expect(try inferred("reduce-max", ["f32[B,3,4]"], axes) == "f32[3]")
    var keeping = axes
    keeping[.keep] = .boolean(true)
    #expect(try inferred("reduce-max", ["f32[B,3,4]"], keeping) == "f32[1,3,1]")
    #expect(try inferred("argmax", ["f32[B,3]"], [.axis: .integer(1)]) == "i32[B]")
  }
}

@Suite struct MatmulTests {
  private func product(_ a: String, _ b: String) throws -> String {
    var builder = TapeBuilder(name: "product")
    let operands = [builder.parameter("a", try type(a)), builder.parameter("b", try type(b))]
    let word = try #require(Sugar.named("matmul"))
    do {
      let result = try word.expand(&builder, operands)[0]
      return builder.type(of: result).description
    } catch {
      guard case .constraint(let op, _, let violation, _) = error else { return "\(error)" }
      #expect(op == "matmul")
      return violation.constraint
    }
  }

  @Test(arguments: [
    ("f32[3]", "f32[3]", "f32[]"), ("f32[3]", "f32[3,4]", "f32[4]"),
    ("f32[2,3]", "f32[3]", "f32[2]"), ("f32[2,3]", "f32[3,4]", "f32[2,4]"),
    ("f32[5,2,3]", "f32[3,4]", "f32[5,2,4]"), ("f32[2,3]", "f32[5,3,4]", "f32[5,2,4]"),
    ("f32[6,1,2,3]", "f32[5,3,4]", "f32[6,5,2,4]"), ("f32[3]", "f32[5,3,4]", "f32[5,4]"),
    ("f32[5,2,3]", "f32[3]", "f32[5,2]"), ("f32[B,3]", "f32[3,4]", "f32[B,4]"),
    ("f32[B,2,3]", "f32[B,3,4]", "f32[B,2,4]"),
    ("f32[]", "f32[3]", "C1"), ("f32[2,3]", "f64[3,4]", "C2"), ("f32[2,3]", "f32[2,4]", "C3"),
    ("f32[5,2,3]", "f32[6,3,4]", "C4"),
  ])
  func resultTypes(a: String, b: String, result: String) throws {
    #expect(try product(a, b) == result)
  }
}
