import ScalarIR
import TapeIR
import TapePasses
import TensorJITTestSupport
import Testing

/// Every standard rule without `:fast` keeps each bit, on all element types and on the edges of each.
@Suite struct RuleExactnessTests {
  private static let exact = RuleSet.standard.exactRules.rules

  @Test(arguments: exact.map(\.name))
  func keepsEveryBit(_ name: String) throws {
    let rule = try #require(Self.exact.first { $0.name == name })
    let holes = rule.pattern.holes
    var firings = 0
    for assignment in assignments(holes.values.count + holes.attributes.count) {
      let types = Dictionary(
        uniqueKeysWithValues: zip(holes.values + holes.attributes, assignment))
      guard let tape = instance(of: rule, holes.values, types) else { continue }
      let rewritten = try tape.rewritten(by: RuleSet([rule]))
      try rewritten.verify()
      if rewritten == tape { continue }
      firings += 1
      let inputs = inputs(holes.values.compactMap { types[$0] })
      let expected = try TapeInterpreter.run(tape, inputs)
      let found = try TapeInterpreter.run(rewritten, inputs)
      #expect(areIdentical(found, expected), "\(name) on \(assignment)")
    }
    #expect(firings > 0, "\(name) never applied")
  }

  /// The pattern as a tape whose holes are vectors; nil where no op takes these types.
  private func instance(
    of rule: RewriteRule, _ holes: [String], _ types: [String: DType]
  ) -> Tape? {
    let length = holes.reduce(1) { $0 * (types[$1]?.edgeValues.count ?? 1) }
    let parameters = holes.map { "(\($0) \(types[$0] ?? .f32)[\(length)])" }
    let start = "(tape t [\(parameters.joined(separator: " "))] (result "
    // Where all branches are literals, only the written type says what they are.
    for type in ["", " bool[\(length)]"] {
      do {
        return try Tape(
          parsing: start + rule.pattern.text(types) + type + ") (return result))")
      } catch {
        continue
      }
    }
    return nil
  }

  /// Vectors that hold every combination of edge values.
  private func inputs(_ dtypes: [DType]) -> [Literal] {
    let edges = dtypes.map(\.edgeValues)
    let length = edges.reduce(1) { $0 * $1.count }
    var period = 1
    return edges.map { values in
      defer { period *= values.count }
      let bits = (0..<length).map { values[$0 / period % values.count].bits }
      return Literal(dtype: values[0].dtype, sizes: [length], bits: bits)
    }
  }

  /// All ways to give `count` holes element types; not all floating types where there are many.
  private func assignments(_ count: Int) -> [[DType]] {
    let dtypes: [DType] =
      count <= 2 ? DType.allCases : [.f32, .f16, .bf16, .f64, .i32, .i8, .u8, .bool]
    return (0..<count).reduce([[]]) { lists, _ in
      lists.flatMap { list in dtypes.map { list + [$0] } }
    }
  }
}

extension RewriteRule.Term {
  /// The names of the holes for values, and of those for element types, each once.
  fileprivate var holes: (values: [String], attributes: [String]) {
    switch self {
    case .hole(let name): return ([name], [])
    case .rest, .literal: return ([], [])
    case .use(_, let operands, let attributes):
      var values: [String] = []
      var attributeHoles: [String] = []
      for operand in operands {
        let inner = operand.holes
        values += inner.values.filter { !values.contains($0) }
        attributeHoles += inner.attributes.filter { !attributeHoles.contains($0) }
      }
      for case .hole(let name) in attributes.values { attributeHoles.append(name) }
      return (values, attributeHoles)
    }
  }

  /// The term as an expression of a tape.
  fileprivate func text(_ types: [String: DType]) -> String {
    switch self {
    case .hole(let name), .rest(let name): return name
    case .literal(let literal): return literal.expression.description
    case .use(let op, let operands, let attributes):
      var words = [op.name] + operands.map { $0.text(types) }
      for (key, term) in attributes {
        words.append(":\(key.rawValue)")
        switch term {
        case .hole(let name): words.append(types[name]?.name ?? "?")
        case .value(let value): words.append(value?.description ?? "?")
        }
      }
      return "(\(words.joined(separator: " ")))"
    }
  }
}
