/// A node of the one grammar that tapes, models, rules and loops share, with its place in the text.
///
/// Two expressions are equal when they are written alike; positions do not count.
package struct SExpression: Sendable {
  /// What an expression is. Numbers keep the text they were written with, so that none loses a bit.
  package enum Kind: Sendable, Hashable {
    /// A name: `x`, `reduce-sum`, `?xs...`, and an affine size such as `2*B+1`.
    case symbol(String)
    /// A keyword without its colon: `:axes` is `keyword("axes")`.
    case keyword(String)
    /// An integer of any size: `1`, `-2`, `0xFF`.
    case integer(String)
    /// A float: `1.5e-3`, `0x1.8p3`, `inf`, `-inf`, `nan`.
    case float(String)
    /// `true` or `false`.
    case boolean(Bool)
    /// The value of a string in double quotes, its escapes undone.
    case string(String)
    /// Data between square brackets.
    case list([SExpression])
    /// A form between parentheses.
    case form([SExpression])
    /// A type atom: `f32[4,2*B+1]` is the name `f32` and its sizes: integers, symbols and forms.
    ///
    /// Indirect, which keeps a node at 32 bytes.
    indirect case type(String, [SExpression])
  }

  /// What the expression is.
  package let kind: Kind

  /// Where its first character stands.
  package let position: SourcePosition

  /// Makes an expression; one that no text holds stands at the start.
  package init(_ kind: Kind, at position: SourcePosition = .start) {
    self.kind = kind
    self.position = position
  }
}

extension SExpression: Hashable {
  package static func == (left: SExpression, right: SExpression) -> Bool { left.kind == right.kind }

  package func hash(into hasher: inout Hasher) { hasher.combine(kind) }
}

extension SExpression {
  /// The name, where the expression is a symbol.
  package var symbol: String? {
    if case .symbol(let name) = kind { name } else { nil }
  }

  /// The name, where the expression is a keyword.
  package var keyword: String? {
    if case .keyword(let name) = kind { name } else { nil }
  }

  /// The elements, where the expression is a form.
  package var formElements: [SExpression]? {
    if case .form(let elements) = kind { elements } else { nil }
  }

  /// The elements, where the expression is a list.
  package var listElements: [SExpression]? {
    if case .list(let elements) = kind { elements } else { nil }
  }

  /// The symbol that a form begins with.
  package var head: String? { formElements?.first?.symbol }
}
