import Foundation
import SExpression
import ScalarIR
import TapeIR
import Testing

/// The lines of the spec of the op or word called `name`.
private func spec(_ name: String) throws -> [String] {
  let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let file = root.appending(path: "IRSpecs/ops/\(name).tape")
  return try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
}

/// The tapes in a spec of which a directive `run` or `grad` says what they give.
private func tapes(in spec: [String], withDirective directive: String) throws -> [Tape] {
  let names = spec.compactMap { line -> String? in
    guard line.hasPrefix("; \(directive):"), let bracket = line.firstIndex(of: "(") else {
      return nil
    }
    return String(line[line.index(after: bracket)...].prefix { $0 != " " && $0 != ")" })
  }
  var file = SourceFile(name: "spec")
  for form in try SExpressionReader.readAll(
    SourceText(name: "spec", spec.joined(separator: "\n")))
  {
    // Some forms are there for their errors.
    _ = addingError(form, to: &file)
  }
  return file.tapes.filter { names.contains($0.name) }
}

@Suite struct OpTableTests {
  @Test func namesAreDistinct() {
    let names = OpTable.standard.ops.map(\.name) + Sugar.standard.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(OpTable.standard.ops.allSatisfy { OpTable.standard[$0.name] == $0 })
    #expect(OpTable.standard["no-such-op"] == nil)
    #expect(Sugar.named("matmul") != nil)
  }

  /// The ops of the language, no more and no fewer.
  @Test func theLanguageIsWhole() {
    let names = """
      neg abs sign floor ceil round trunc exp exp2 expm1 log log2 log1p sqrt rsqrt cbrt \
      sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh \
      erf erfc erf-inv lgamma digamma logistic not popcnt clz is-finite \
      add sub mul div rem pow max min atan2 and or xor shl shr-arith shr-logical \
      eq ne lt le gt ge select clamp convert bitcast constant iota random-bits \
      broadcast reshape transpose slice reverse pad concat \
      reduce-sum reduce-prod reduce-max reduce-min reduce-and reduce-or argmax argmin reduce \
      cum-sum cum-prod cum-max cum-min linear-recurrence dot conv \
      window-sum window-max window-min window-prod window-sum-equal \
      gather scatter take dynamic-slice dynamic-update-slice sort top-k cond while scan \
      cholesky triangular-solve qr svd eigh
      """.split(separator: " ").map(String.init)
    #expect(OpTable.standard.ops.map(\.name).sorted() == names.sorted())
    #expect(Sugar.standard.contains { $0.name == "matmul" })
  }

  @Test func constraintsAreNumbered() {
    let all = OpTable.standard.ops.map { ($0.name, $0.constraints) }
    for (name, constraints) in all + Sugar.standard.map({ ($0.name, $0.constraints) }) {
      #expect(!constraints.isEmpty, "\(name)")
      for (index, constraint) in constraints.enumerated() {
        #expect(constraint.hasPrefix("C\(index + 1) "), "\(name): \(constraint)")
      }
    }
  }

  /// A spec states the op's constraints and shows errors, values, values where sizes are symbols, and
  /// gradients. `SpecFileTests` holds the directives against every engine.
  @Test(arguments: OpTable.standard.ops)
  func everyOpHasItsSpec(op: Op) throws {
    let lines = try spec(op.name)
    #expect(lines[0].hasPrefix("; \(op.name) — "))
    for constraint in op.constraints { #expect(lines.contains("; \(constraint)")) }
    #expect(lines.contains { $0.contains("; error") })
    let run = try tapes(in: lines, withDirective: "run").filter { $0.holds(op) }
    #expect(!run.isEmpty, "no run of \(op.name)")
    #expect(
      run.contains { tape in tape.types.contains { $0.shape.sizes == nil } },
      "no run of \(op.name) with symbolic sizes")
    switch op.gradient {
    case .rule:
      #expect(
        try tapes(in: lines, withDirective: "grad").contains { $0.holds(op) },
        "no gradient of \(op.name)")
    case .zero(let reason): #expect(!reason.isEmpty)
    }
  }

  @Test func everyWordHasItsSpec() throws {
    for word in Sugar.standard {
      let lines = try spec(word.name)
      for constraint in word.constraints { #expect(lines.contains("; \(constraint)")) }
    }
  }
}

extension Tape {
  /// Whether a node is a use of the op.
  fileprivate func holds(_ op: Op) -> Bool { nodes.contains { $0.op == op } }
}
