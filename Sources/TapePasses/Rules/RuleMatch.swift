import ScalarIR
import TapeIR

/// What the holes of a rule stand for at one node.
struct RuleMatch {
  var values: [String: Value] = [:]
  var rests: [String: [Value]] = [:]
  var attributes: [String: AttributeValue] = [:]
}

/// What a node does, whether or not a tape holds it.
struct OpUse: Hashable {
  let op: Op
  let operands: [Value]
  let attributes: Attributes

  init(_ op: Op, _ operands: [Value], _ attributes: Attributes) {
    self.op = op
    self.operands = operands
    self.attributes = attributes
  }
}

extension Tape {
  /// What the node does that computes the value, if it is the node's first or only result.
  func use(for value: Value) -> OpUse? {
    guard let number = producer(of: value), nodes[number].firstResult == value else { return nil }
    return OpUse(nodes[number].op, nodes[number].operands, nodes[number].attributes)
  }
}

/// Finds where rules apply in a tape.
///
/// Terms are small, and matching is bounded by their size: it never walks the tape beyond them.
struct RuleMatcher {
  let tape: Tape

  /// What the holes stand for where the rule applies to an op on values of the tape.
  func match(_ rule: RewriteRule, _ use: OpUse) -> RuleMatch? {
    guard case .use(let op, let operands, let attributes) = rule.pattern else { return nil }
    return matches(of: op, operands, attributes, at: use, RuleMatch()).first { match in
      rule.condition.map { holds($0, match) } ?? true
    }
  }

  /// All ways in which the term is the value, going on from what is bound already.
  private func matches(_ term: RewriteRule.Term, _ value: Value, _ match: RuleMatch) -> [RuleMatch]
  {
    switch term {
    case .hole(let name):
      if let bound = match.values[name] { return bound == value ? [match] : [] }
      var extended = match
      extended.values[name] = value
      return [extended]
    case .rest: return []
    case .literal(let literal):
      guard let constant = uniformConstant(value),
        literal.value(as: constant.dtype)?.isIdentical(to: constant) == true
      else { return [] }
      return [match]
    case .use(let op, let operands, let attributes):
      guard let use = tape.use(for: value) else { return [] }
      return matches(of: op, operands, attributes, at: use, match)
    }
  }

  private func matches(
    of op: Op, _ terms: [RewriteRule.Term], _ attributes: [AttributeKey: RewriteRule.AttributeTerm],
    at use: OpUse, _ match: RuleMatch
  ) -> [RuleMatch] {
    guard use.op == op, let match = bound(attributes, use.attributes, match) else { return [] }
    let found =
      mayMatch(terms, use.operands) ? matches(terms, use.operands[...], match) : []
    let reversed = Array(use.operands.reversed())
    guard reversed.count == 2, reversed[0] != reversed[1], mayMatch(terms, reversed) else {
      return found
    }
    let exchanged = matches(terms, reversed[...], match)
    guard !exchanged.isEmpty,
      case .elementwise(let meaning) = use.op.family(
        reversed.map(tape.type(of:)), use.attributes),
      meaning.isCommutative
    else { return found }
    return found + exchanged
  }

  /// A quick look at the operands' ops, which rules most nodes out.
  private func mayMatch(_ terms: [RewriteRule.Term], _ operands: [Value]) -> Bool {
    zip(terms, operands).allSatisfy { term, operand in
      switch term {
      case .hole, .rest: true
      case .literal: tape.producer(of: operand).map { tape.nodes[$0].operands.isEmpty } ?? false
      case .use(let op, _, _): tape.producer(of: operand).map { tape.nodes[$0].op == op } ?? false
      }
    }
  }

  private func matches(
    _ terms: [RewriteRule.Term], _ operands: ArraySlice<Value>, _ match: RuleMatch
  ) -> [RuleMatch] {
    var found = [match]
    var rest = operands
    for term in terms {
      if case .rest(let name) = term {
        return found.map { match in
          var extended = match
          extended.rests[name] = Array(rest)
          return extended
        }
      }
      guard let operand = rest.popFirst() else { return [] }
      found = found.flatMap { matches(term, operand, $0) }
    }
    return rest.isEmpty ? found : []
  }

  private func bound(
    _ terms: [AttributeKey: RewriteRule.AttributeTerm], _ attributes: Attributes,
    _ match: RuleMatch
  ) -> RuleMatch? {
    var match = match
    for (key, term) in terms {
      switch term {
      case .value(let value): if attributes[key] != value { return nil }
      case .hole(let name):
        guard let value = attributes[key] else { return nil }
        if match.attributes[name] ?? value != value { return nil }
        match.attributes[name] = value
      }
    }
    return match
  }

  /// The value of a constant that is the same everywhere.
  private func uniformConstant(_ value: Value) -> ScalarValue? {
    guard let number = tape.producer(of: value),
      case .source(.constant(let literal)) = tape.family(of: tape.nodes[number])
    else { return nil }
    return literal.splatValue
  }
}

// MARK: - Conditions

extension RuleMatcher {
  private func holds(_ condition: RuleCondition, _ match: RuleMatch) -> Bool {
    switch condition {
    case .isOf(let dtypes, let hole): dtype(hole, match).map(dtypes.contains) ?? false
    case .hasType(let wanted, let hole): dtype(hole, match) == wanted
    case .isConstant(let hole): match.values[hole].flatMap(uniformConstant) != nil
    case .haveSameType(let a, let b): dtype(a, match) == dtype(b, match)
    case .haveSameShape(let a, let b): shape(a, match) == shape(b, match)
    case .isExact(let a, let b):
      if let a = dtype(a, match), let b = dtype(b, match) { b.holdsAll(of: a) } else { false }
    case .all(let parts): parts.allSatisfy { holds($0, match) }
    case .any(let parts): parts.contains { holds($0, match) }
    case .not(let part): !holds(part, match)
    }
  }

  private func dtype(_ hole: String, _ match: RuleMatch) -> DType? {
    if let value = match.values[hole] { return tape.type(of: value).dtype }
    if case .dtype(let dtype)? = match.attributes[hole] { return dtype }
    return nil
  }

  private func shape(_ hole: String, _ match: RuleMatch) -> Shape? {
    match.values[hole].map { tape.type(of: $0).shape }
  }
}

extension DType {
  /// The bits of a floating type's significand, the leading one included.
  private var significandBits: Int {
    switch self {
    case .f64: 53
    case .f32: 24
    case .f16: 11
    case .bf16: 8
    case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool: 0
    }
  }

  /// Whether conversion to this type keeps every value of `other`.
  fileprivate func holdsAll(of other: DType) -> Bool {
    if self == other || other == .bool { return true }
    if self == .bool { return false }
    if other.isFloating {
      // f16 has more precision than bf16 and less range; each other pair is ordered by width.
      return isFloating && bitWidth > other.bitWidth
    }
    let magnitudeBits = other.bitWidth - (other.isSignedInteger ? 1 : 0)
    if isFloating { return magnitudeBits <= significandBits }
    if other.isSignedInteger { return isSignedInteger && bitWidth >= other.bitWidth }
    return bitWidth - (isSignedInteger ? 1 : 0) >= magnitudeBits
  }
}
