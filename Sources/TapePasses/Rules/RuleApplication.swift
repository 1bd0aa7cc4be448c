import ScalarIR
import TapeIR

// Rewrites a tape by rules that are text: the standard ones, or a user's.
//
// BEFORE  (a (neg x) f32[4])                       ; (rule neg-neg (neg (neg ?x)) ?x)
//         (b (neg a) f32[4])
//         (y (mul b one) f32[4])                   ; (rule mul-one (mul ?x 1) ?x)
// AFTER   (a (neg x) f32[4])                       ; dead, for dead-code to drop
//         (return x)
//
// The tape is walked from front to back, so a rule sees operands that have been rewritten; the first
// rule that applies wins, and what it yields is tried again. What a rule puts below its root is seen
// by the next walk. Walks end when none applied, or at the limits below: rules that undo each other
// would go on for ever.
//
// Runs after fold-constants, for which literals in patterns wait, and before cse, which merges what
// rules have made equal.

/// Limits of rewriting, which make it linear in the size of the tape even where what rules put in
/// place matches again: each node that was there at first stands for so many rewrites in all.
package struct RewriteLimits: Hashable, Sendable {
  /// The most rules that apply to one node in a walk.
  package var rewritesPerNode = 16
  /// The most walks over the tape.
  package var walks = 8

  package init() {}
}

extension Tape {
  /// The tape rewritten by rules until none applies, or a limit is reached.
  ///
  /// - Throws: `TapeError.malformed` or `.constraint`, naming the rule, where a replacement does not
  ///   have the type of what it replaces, or an op in it does not take its operands.
  /// - Complexity: linear in the size of the tape, times the number of walks and of rules an op.
  package func rewritten(
    by rules: RuleSet, limits: RewriteLimits = RewriteLimits()
  ) throws(TapeError) -> Tape {
    var tape = self
    var budget = limits.walks * limits.rewritesPerNode * nodes.count
    for _ in 0..<limits.walks {
      var walk = RewriteWalk(tape, rules: rules, limits: limits, budget: budget)
      for node in tape.nodes { try walk.visit(node) }
      tape = walk.rewriter.finish()
      budget -= walk.rewriteCount
      if walk.rewriteCount == 0 { break }
    }
    return tape
  }
}

/// One walk over a tape.
private struct RewriteWalk {
  var rewriter: TapeRewriter
  let rules: RuleSet
  let limits: RewriteLimits
  /// The most rules that apply in this walk.
  let budget: Int
  var rewriteCount = 0
  /// Whether there is a node that may fail the run.
  let mayFail: Bool
  /// Whether each value built so far depends on one.
  private var failing: [Bool] = []

  init(_ tape: Tape, rules: RuleSet, limits: RewriteLimits, budget: Int) {
    rewriter = TapeRewriter(tape)
    self.rules = rules
    self.limits = limits
    self.budget = budget
    mayFail = tape.mayFail
  }

  mutating func visit(_ node: Node) throws(TapeError) {
    guard node.resultCount == 1 else { return rewriter.keep(node) }
    rewriter.builder.provenance = node.provenance
    let type = rewriter.source.type(of: node.firstResult)
    // A node that is rewritten is not built first: it would be dead, and match again.
    var use = OpUse(node.op, rewriter.operands(of: node), node.attributes)
    var value: Value?
    for _ in 0..<limits.rewritesPerNode where rewriteCount < budget {
      guard let (rule, match) = firstMatch(use) else { break }
      let replacement = try rewriter.builder.replacement(rule, match, type: type)
      let next = rewriter.tape.use(for: replacement)
      // A rule that yields what was there has said all that it has to say.
      if next == use { break }
      value = replacement
      rewriteCount += 1
      guard let next else { break }
      use = next
    }
    if let value { rewriter.replace(node, with: [value]) } else { rewriter.keep(node) }
  }

  private mutating func firstMatch(_ use: OpUse) -> (rule: RewriteRule, match: RuleMatch)? {
    let matcher = RuleMatcher(tape: rewriter.tape)
    for rule in rules.rules(for: use.op) {
      if let match = matcher.match(rule, use), !losesError(rule, match) { return (rule, match) }
    }
    return nil
  }

  /// Whether the rule drops a value that may fail the run: that it fails must not depend on passes.
  private mutating func losesError(_ rule: RewriteRule, _ match: RuleMatch) -> Bool {
    guard mayFail else { return false }
    let tape = rewriter.tape
    for index in failing.count..<max(failing.count, tape.types.count) {
      guard let number = tape.producer(of: Value(index: index)) else {
        failing.append(false)
        continue
      }
      let node = tape.nodes[number]
      failing.append(node.operands.contains { failing[$0.index] } || tape.mayFail(node))
    }
    let kept = rule.replacement.holes
    return match.values.contains { failing[$0.value.index] && !kept.contains($0.key) }
      || match.rests.contains { name, values in
        !kept.contains(name) && values.contains { failing[$0.index] }
      }
  }
}

extension RewriteRule.Term {
  /// The names of the holes for operands.
  fileprivate var holes: Set<String> {
    switch self {
    case .hole(let name), .rest(let name): [name]
    case .literal: []
    case .use(_, let terms, _): terms.reduce(into: []) { $0.formUnion($1.holes) }
    }
  }
}

extension TapeBuilder {
  /// The value of a rule's replacement, which has the type of what it replaces.
  fileprivate mutating func replacement(
    _ rule: RewriteRule, _ match: RuleMatch, type: TensorType
  ) throws(TapeError) -> Value {
    let replacement: Value
    do throws(TapeError) {
      replacement = try build(rule.replacement, match, literalType: type)
    } catch {
      throw .malformed("rule \(rule.name): \(error.description)")
    }
    let found = self.type(of: replacement)
    guard found == type else {
      throw .malformed("rule \(rule.name) replaces a value of type \(type) by one of type \(found)")
    }
    return replacement
  }

  /// - Parameter literalType: the type of a literal that stands here.
  private mutating func build(
    _ term: RewriteRule.Term, _ match: RuleMatch, literalType: TensorType
  ) throws(TapeError) -> Value {
    switch term {
    case .hole(let name):
      guard let value = match.values[name] else { throw .malformed("?\(name) stands for nothing") }
      return value
    case .rest(let name): throw .malformed("?\(name)... stands where one value is needed")
    case .literal(let literal):
      guard let value = literal.value(as: literalType.dtype) else {
        throw .malformed("\(literal.expression) is no \(literalType.dtype) value")
      }
      return try splat(value, literalType.shape)
    case .use(let op, let terms, let attributeTerms):
      let operands = try operands(of: op, terms, match, literalType: literalType)
      var attributes = Attributes()
      for (key, term) in attributeTerms {
        switch term {
        case .value(let value): attributes[key] = value
        case .hole(let name): attributes[key] = match.attributes[name]
        }
      }
      return try apply(op, operands, attributes)[0]
    }
  }

  /// The operands; literals take the type of the first operand that is none, as in the text of
  /// tapes.
  private mutating func operands(
    of op: Op, _ terms: [RewriteRule.Term], _ match: RuleMatch, literalType: TensorType
  ) throws(TapeError) -> [Value] {
    var values: [Int: [Value]] = [:]
    var peer: TensorType?
    for (number, term) in terms.enumerated() {
      switch term {
      case .literal: continue
      case .rest(let name): values[number] = match.rests[name] ?? []
      case .hole, .use:
        let value = try build(term, match, literalType: literalType)
        values[number] = [value]
        if peer == nil, op.literalTypes[number] == nil { peer = type(of: value) }
      }
    }
    let place = peer ?? literalType
    var operands: [Value] = []
    for (number, term) in terms.enumerated() {
      if let known = values[number] {
        operands += known
      } else {
        let dtype = op.literalTypes[number] ?? place.dtype
        operands.append(try build(term, match, literalType: TensorType(dtype, place.shape)))
      }
    }
    return operands
  }
}
