import Foundation
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

@Suite struct OpTableTests {
  @Test func namesAreDistinct() {
    let names = OpTable.standard.ops.map(\.name) + Sugar.standard.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(OpTable.standard.ops.allSatisfy { OpTable.standard[$0.name] == $0 })
    #expect(OpTable.standard["no-such-op"] == nil)
    #expect(Sugar.named("matmul") != nil)
  }

  @Test func theLanguageIsWhole() {
    let names = """
      neg abs sign sqrt exp log tanh logistic not add sub mul div max min and or eq ne lt le gt ge \
      select convert constant iota random-bits broadcast reshape transpose slice concat \
      reverse pad reduce-sum reduce-prod reduce-max reduce-min reduce-and reduce-or argmax argmin \
      cum-sum cum-prod cum-max cum-min linear-recurrence \
      window-sum window-prod window-max window-min window-sum-equal dot cond while scan reduce \
      conv take gather scatter dynamic-slice dynamic-update-slice sort top-k \
      cholesky triangular-solve qr svd eigh \
      floor ceil round trunc exp2 expm1 log2 log1p rsqrt cbrt sin cos tan asin acos atan sinh cosh \
      asinh acosh atanh erf erfc erf-inv lgamma digamma popcnt clz is-finite rem pow atan2 xor shl \
      shr-arith shr-logical clamp bitcast
      """
    for name in names.split(separator: " ") { #expect(OpTable.standard[String(name)] != nil) }
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

  @Test(arguments: OpTable.standard.ops)
  func everyOpHasItsSpec(op: Op) throws {
    let lines = try spec(op.name)
    #expect(lines[0].hasPrefix("; \(op.name) — "))
    for constraint in op.constraints { #expect(lines.contains("; \(constraint)")) }
    #expect(lines.contains { $0.hasPrefix("; run:  (\(op.name)") })
    #expect(lines.contains { $0.contains("; error: ") })
  }

  @Test func everyWordHasItsSpec() throws {
    for word in Sugar.standard {
      let lines = try spec(word.name)
      for constraint in word.constraints { #expect(lines.contains("; \(constraint)")) }
    }
  }
}
