import SExpression
import ScalarIR
import TapeIR

/// A rewrite of tapes as text data: `(rule NAME PATTERN REPLACEMENT [:when TEST] [:fast true])`.
package struct RewriteRule: Sendable {
  package let name: String
  package let pattern: Term
  package let replacement: Term
  /// What must hold of what the holes stand for.
  package let condition: RuleCondition?
  /// Whether the rule may change values, and so applies only where that is asked for.
  package let isFast: Bool

  /// A pattern, or what replaces it.
  package indirect enum Term: Hashable, Sendable {
    /// `?x`: any value; the same one wherever the name stands.
    case hole(String)
    /// `?xs...`: the rest of the operands.
    case rest(String)
    /// A number or a truth value: in a pattern a constant that is exactly that everywhere, in a
    /// replacement such a constant of the type that its place asks for.
    case literal(RuleLiteral)
    /// `(OP term… :attribute value…)`. Attributes that a pattern leaves out may have any value.
    case use(Op, [Term], [AttributeKey: AttributeTerm])
  }

  /// The value of an attribute in a term.
  package enum AttributeTerm: Hashable, Sendable {
    case hole(String)
    /// The value in canonical form; nil where the canonical form leaves the attribute out.
    case value(AttributeValue?)
  }

  /// The op that a node needs for the rule to be tried.
  package var rootOp: Op? {
    if case .use(let op, _, _) = pattern { return op }
    return nil
  }
}

/// A literal of a rule, which stands for a constant of any type that holds it exactly.
package struct RuleLiteral: Hashable, Sendable {
  package let expression: SExpression
  private let values: [DType: ScalarValue]

  /// Nil for what is no number and no truth value.
  package init?(_ expression: SExpression) {
    switch expression.kind {
    case .integer, .float, .boolean: break
    case .symbol, .keyword, .string, .list, .form, .type: return nil
    }
    self.expression = expression
    var values: [DType: ScalarValue] = [:]
    for dtype in DType.allCases {
      do throws(SourceError) {
        values[dtype] = try ScalarValue(expression, as: dtype, in: expression, file: "")
      } catch {
        continue
      }
    }
    self.values = values
  }

  /// The literal as a value of type `dtype`, where there is one.
  package func value(as dtype: DType) -> ScalarValue? { values[dtype] }
}

/// What a rule asks of the values and element types that its holes stand for.
package indirect enum RuleCondition: Hashable, Sendable {
  /// `(floating ?x)`: the element type is of the class.
  case isOf(DTypeClass, hole: String)
  /// `(f32 ?x)`: the element type is that one.
  case hasType(DType, hole: String)
  /// `(constant ?x)`: the value is a constant that is the same everywhere.
  case isConstant(hole: String)
  /// `(same-type ?x ?y)`: one element type.
  case haveSameType(String, String)
  /// `(same-shape ?x ?y)`: one shape.
  case haveSameShape(String, String)
  /// `(exact ?x ?y)`: the element type of ?y holds every value of ?x's.
  case isExact(from: String, to: String)
  /// `(and TEST…)`, `(or TEST…)`, `(not TEST)`.
  case all([RuleCondition])
  case any([RuleCondition])
  case not(RuleCondition)
}

/// Classes of element types that rules may ask for.
package enum DTypeClass: String, Hashable, Sendable, CaseIterable {
  case floating, integer, signed, unsigned, number

  package func contains(_ dtype: DType) -> Bool {
    switch self {
    case .floating: dtype.isFloating
    case .integer: dtype.isInteger
    case .signed: dtype.isSignedInteger
    case .unsigned: dtype.isUnsignedInteger
    case .number: dtype.isNumber
    }
  }
}

/// Rules in the order in which they are tried.
package struct RuleSet: Sendable {
  package private(set) var rules: [RewriteRule] = []
  private var byRoot: [Op: [RewriteRule]] = [:]

  package init(_ rules: [RewriteRule] = []) {
    for rule in rules { append(rule) }
  }

  private mutating func append(_ rule: RewriteRule) {
    guard let op = rule.rootOp else { return }
    byRoot[op, default: []].append(rule)
    rules.append(rule)
  }

  /// The rules for nodes of an op, in order.
  func rules(for op: Op) -> [RewriteRule] { byRoot[op] ?? [] }

  /// The rules that keep every bit of the results.
  package var exactRules: RuleSet { RuleSet(rules.filter { !$0.isFast }) }
}
