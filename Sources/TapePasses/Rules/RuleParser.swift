import SExpression
import ScalarIR
import TapeIR

extension RuleSet {
  /// The rules of a text, in order; it holds nothing else.
  ///
  /// - Throws: `TapeError.source` at the bracket of the form that is wrong.
  package init(parsing text: SourceText) throws(TapeError) {
    do {
      try self.init(SExpressionReader.readAll(text), file: text.name)
    } catch {
      throw .source(error)
    }
  }

  /// The rules of a file that may hold tapes too.
  ///
  /// - Throws: `TapeError.source` at the bracket of the form that is wrong.
  package init(_ file: SourceFile) throws(TapeError) {
    do {
      try self.init(file.rules, file: file.name)
    } catch {
      throw .source(error)
    }
  }

  private init(_ forms: [SExpression], file: String) throws(SourceError) {
    var rules: [RewriteRule] = []
    var names: Set<String> = []
    for form in forms {
      var parser = RuleParser(file: file)
      let rule = try parser.rule(form)
      guard names.insert(rule.name).inserted else {
        throw parser.error(
          form, "a second rule \(rule.name)", expected: "a new name", found: rule.name)
      }
      rules.append(rule)
    }
    self.init(rules)
  }
}

/// Reads one rule.
private struct RuleParser {
  /// The most terms of a rule, which bounds the work of matching it.
  static let termLimit = 256

  let file: String
  /// What the pattern binds: each hole, and whether it stands for the rest of the operands.
  var holes: [String: Kind] = [:]
  var termCount = 0

  enum Kind: Hashable {
    case value, rest
    case attribute(AttributeSpec.Kind)
  }

  mutating func rule(_ form: SExpression) throws(SourceError) -> RewriteRule {
    guard form.head == "rule", let elements = form.formElements, elements.count >= 4,
      let name = elements[1].symbol
    else {
      throw error(
        form, "malformed rule",
        expected: "(rule NAME PATTERN REPLACEMENT [:when TEST] [:fast true])",
        found: form.summary)
    }
    let pattern = try pattern(elements[2], in: form)
    guard case .use = pattern else {
      throw error(
        form, "a pattern is a use of an op", expected: "(OP …)", found: elements[2].summary)
    }
    let replacement = try replacement(elements[3], in: form)
    if case .rest = replacement {
      throw error(form, "a node is replaced by one value", found: elements[3].summary)
    }
    var (condition, isFast): (RuleCondition?, Bool?) = (nil, nil)
    var options = elements.dropFirst(4)
    while let key = options.popFirst() {
      let value = options.popFirst()
      switch (key.keyword, value?.kind) {
      case ("when", .some) where condition == nil:
        condition = try self.condition(value ?? key, form)
      case ("fast", .boolean(let flag)) where isFast == nil: isFast = flag
      default:
        throw error(
          form, "malformed option of a rule", expected: ":when TEST or :fast true, each once",
          found: key.summary)
      }
    }
    return RewriteRule(
      name: name, pattern: pattern, replacement: replacement, condition: condition,
      isFast: isFast ?? false)
  }

  func error(
    _ form: SExpression, _ message: String, expected: String? = nil, found: String? = nil
  ) -> SourceError {
    SourceError(
      file: file, position: form.position, message: message, expected: expected, found: found,
      form: form.summary)
  }
}

// MARK: - Terms

extension RuleParser {
  /// A term that binds its holes.
  private mutating func pattern(
    _ expression: SExpression, in form: SExpression
  ) throws(SourceError) -> RewriteRule.Term {
    if let hole = hole(expression) {
      if let known = holes[hole.name], known != hole.kind || hole.kind == .rest {
        throw error(form, "?\(hole.name) stands for two things", found: expression.summary)
      }
      holes[hole.name] = hole.kind
      return hole.kind == .rest ? .rest(hole.name) : .hole(hole.name)
    }
    return try term(expression, in: form) { (parser, part, form) throws(SourceError) in
      try parser.pattern(part, in: form)
    } attribute: { (parser, name, spec, form) throws(SourceError) in
      if let known = parser.holes[name], known != .attribute(spec.kind) {
        throw parser.error(form, "?\(name) stands for two things", found: "?\(name)")
      }
      parser.holes[name] = .attribute(spec.kind)
    }
  }

  /// A term whose holes the pattern has bound.
  private mutating func replacement(
    _ expression: SExpression, in form: SExpression
  ) throws(SourceError) -> RewriteRule.Term {
    if let hole = hole(expression) {
      guard holes[hole.name] == hole.kind else { throw unbound(hole.name, in: form) }
      return hole.kind == .rest ? .rest(hole.name) : .hole(hole.name)
    }
    return try term(expression, in: form) { (parser, part, form) throws(SourceError) in
      try parser.replacement(part, in: form)
    } attribute: { (parser, name, spec, form) throws(SourceError) in
      guard parser.holes[name] == .attribute(spec.kind) else {
        throw parser.unbound(name, in: form)
      }
    }
  }

  private func unbound(_ name: String, in form: SExpression) -> SourceError {
    error(form, "the pattern does not bind ?\(name) to such a thing", found: "?\(name)")
  }

  /// The name of a hole `?x` or `?xs...`, and whether it is the latter.
  private func hole(_ expression: SExpression) -> (name: String, kind: Kind)? {
    guard let symbol = expression.symbol, symbol.first == "?" else { return nil }
    let name = symbol.dropFirst()
    return name.hasSuffix("...") ? (String(name.dropLast(3)), .rest) : (String(name), .value)
  }

  private mutating func term(
    _ expression: SExpression, in form: SExpression,
    operand: (inout RuleParser, SExpression, SExpression) throws(SourceError) -> RewriteRule.Term,
    attribute: (inout RuleParser, String, AttributeSpec, SExpression) throws(SourceError) -> Void
  ) throws(SourceError) -> RewriteRule.Term {
    termCount += 1
    if termCount > RuleParser.termLimit {
      throw error(form, "the rule is too large", expected: "at most \(RuleParser.termLimit) terms")
    }
    if let literal = RuleLiteral(expression) { return .literal(literal) }
    guard let elements = expression.formElements, let head = expression.head else {
      throw error(
        form, "no term", expected: "?hole, a literal or (OP …)", found: expression.summary)
    }
    guard let op = OpTable.standard[head] else {
      throw error(expression, "unknown op \(head)", expected: "an op", found: head)
    }
    if op.attributes.contains(where: \.isPositional) {
      throw error(expression, "a rule writes constants as literals", found: expression.summary)
    }
    let end = elements.firstIndex { $0.keyword != nil } ?? elements.endIndex
    var operands: [RewriteRule.Term] = []
    for element in elements[1..<end] { operands.append(try operand(&self, element, expression)) }
    try checkOperands(operands, of: op, expression)
    let attributes = try attributes(elements[end...], of: op, expression, bind: attribute)
    return .use(op, operands, attributes)
  }

  private func checkOperands(
    _ operands: [RewriteRule.Term], of op: Op, _ form: SExpression
  ) throws(SourceError) {
    let hasRest = operands.map { if case .rest = $0 { true } else { false } }
    if hasRest.dropLast().contains(true) {
      throw error(form, "the rest of the operands stands last", expected: "?xs... at the end")
    }
    if hasRest.last == true { return }
    switch op.arity {
    case .exactly(let count) where count != operands.count:
      throw error(
        form, "C0: \(op.name) takes \(count) operand\(count == 1 ? "" : "s")",
        found: "\(operands.count)")
    case .atLeast(let count) where count > operands.count:
      throw error(
        form, "C0: \(op.name) takes at least \(count) operands", found: "\(operands.count)")
    case .exactly, .atLeast: return
    }
  }

  private mutating func attributes(
    _ elements: ArraySlice<SExpression>, of op: Op, _ form: SExpression,
    bind: (inout RuleParser, String, AttributeSpec, SExpression) throws(SourceError) -> Void
  ) throws(SourceError) -> [AttributeKey: RewriteRule.AttributeTerm] {
    var attributes: [AttributeKey: RewriteRule.AttributeTerm] = [:]
    var rest = elements
    while let first = rest.popFirst() {
      guard let word = first.keyword, let key = AttributeKey(rawValue: word),
        let spec = op.attributes.first(where: { $0.key == key }), attributes[key] == nil,
        let value = rest.popFirst()
      else {
        throw error(
          form, "malformed attribute of \(op.name)",
          expected: op.attributes.map { ":\($0.key.rawValue)" }.joined(separator: " "),
          found: first.summary)
      }
      if let hole = hole(value), hole.kind == .value {
        try bind(&self, hole.name, spec, form)
        attributes[key] = .hole(hole.name)
      } else {
        var written = Attributes()
        written[key] = try AttributeValue(value, as: spec, in: form, file: file)
        attributes[key] = .value(op.canonical(written)[key])
      }
    }
    return attributes
  }
}

// MARK: - Conditions

extension RuleParser {
  private mutating func condition(
    _ expression: SExpression, _ form: SExpression
  ) throws(SourceError) -> RuleCondition {
    guard let elements = expression.formElements, let head = expression.head else {
      throw error(form, "no test", expected: "(TEST ?x)", found: expression.summary)
    }
    termCount += 1
    if termCount > RuleParser.termLimit {
      throw error(form, "the rule is too large", expected: "at most \(RuleParser.termLimit) terms")
    }
    let arguments = elements.dropFirst()
    switch head {
    case "and", "or":
      var parts: [RuleCondition] = []
      for argument in arguments { parts.append(try condition(argument, expression)) }
      return head == "and" ? .all(parts) : .any(parts)
    case "not" where arguments.count == 1:
      return .not(try condition(arguments[1], expression))
    case "constant": return .isConstant(hole: try names(arguments, 1, expression)[0])
    case "same-type":
      let names = try names(arguments, 2, expression)
      return .haveSameType(names[0], names[1])
    case "same-shape":
      let names = try names(arguments, 2, expression)
      return .haveSameShape(names[0], names[1])
    case "exact":
      let names = try names(arguments, 2, expression)
      return .isExact(from: names[0], to: names[1])
    default:
      if let dtype = DType(name: head) {
        return .hasType(dtype, hole: try names(arguments, 1, expression)[0])
      }
      if let dtypes = DTypeClass(rawValue: head) {
        return .isOf(dtypes, hole: try names(arguments, 1, expression)[0])
      }
      throw error(
        expression, "unknown test \(head)",
        expected: "and, or, not, constant, same-type, same-shape, exact, "
          + DTypeClass.allCases.map(\.rawValue).joined(separator: ", ") + " or an element type",
        found: head)
    }
  }

  /// The names of exactly `count` holes that the pattern binds to a value or an element type.
  private func names(
    _ arguments: ArraySlice<SExpression>, _ count: Int, _ form: SExpression
  ) throws(SourceError) -> [String] {
    let names = arguments.compactMap { hole($0)?.name }
    guard names.count == count, arguments.count == count else {
      throw error(
        form, "malformed test", expected: "\(count) hole\(count == 1 ? "" : "s")",
        found: form.summary)
    }
    for name in names {
      switch holes[name] {
      case .value, .attribute(.dtype): continue
      case .rest, .attribute, nil: throw unbound(name, in: form)
      }
    }
    return names
  }
}
