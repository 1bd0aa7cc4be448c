/// The most nodes that the macros of one expression may expand to.
///
/// Broadcasting copies its operands, so that a few hundred characters could ask for more than a
/// machine holds.
package let macroExpansionLimit = 4_000_000

/// Replaces every use of a threading macro by the form it stands for, the outermost first.
///
/// BEFORE
///
///     (defmodel m [x w b] (-> x (matmul w) (add b) (=-> exp)))
///
/// AFTER
///
///     (defmodel m [x w b] (let [[it_0 (add (matmul x w) b)] [it_1 (exp it_0)]] it_1))
///
/// The names that `=->` and `=->>` bind are `it_0`, `it_1`, …, without those that the expression
/// uses itself; no two of one expression are the same. Where the value of a macro is another macro,
/// that one is expanded first, so that a list it yields is seen as one; but `=->` yields none and
/// must bind new names in every copy, so it waits. Types hold no macros.
///
/// - Parameter file: what messages call the text.
/// - Throws: `SourceError` at a step, condition or list that does not fit its macro, and where the
///   result would nest deeper than `SExpressionReader.nestingLimit` or be larger than
///   `macroExpansionLimit`.
/// - Complexity: O(nodes of the result).
package func expandMacros(
  _ expression: SExpression, file: String = "<text>"
) throws(SourceError) -> SExpression {
  var expander = MacroExpander(root: expression, file: file)
  return try expander.expand(expression, depth: 1, isGenerated: false) ?? expression
}

/// The walk over one expression; its recursion ends at the nesting limit.
private struct MacroExpander {
  let root: SExpression
  let file: String
  lazy var names = FreshNames(prefix: "it", avoiding: root.symbols(withPrefix: "it_"))
  var remainingNodes = macroExpansionLimit

  init(root: SExpression, file: String) {
    self.root = root
    self.file = file
  }

  /// The expansion of an expression inside `depth - 1` brackets; nil where nothing changes.
  ///
  /// - Parameter isGenerated: whether the expression is part of what a macro expanded to.
  mutating func expand(
    _ expression: SExpression, depth: Int, isGenerated: Bool
  ) throws(SourceError) -> SExpression? {
    if isGenerated { try spend(1, at: expression) }
    switch expression.kind {
    case .symbol, .keyword, .integer, .float, .boolean, .string, .type: return nil
    case .list(let elements):
      try check(depth: depth, at: expression)
      return try expand(elements, depth: depth + 1, isGenerated: isGenerated)
        .map { SExpression(.list($0), at: expression.position) }
    case .form(let elements):
      try check(depth: depth, at: expression)
      if ThreadingMacro(expression) == nil {
        return try expand(elements, depth: depth + 1, isGenerated: isGenerated)
          .map { SExpression(.form($0), at: expression.position) }
      }
      let result = try expandHead(expression, depth: depth, leavesBindings: false)
      return try expand(result, depth: depth, isGenerated: true) ?? result
    }
  }

  /// The elements expanded; nil where none changes.
  private mutating func expand(
    _ elements: [SExpression], depth: Int, isGenerated: Bool
  ) throws(SourceError) -> [SExpression]? {
    var results: [SExpression]?
    for (index, element) in elements.enumerated() {
      guard let result = try expand(element, depth: depth, isGenerated: isGenerated) else {
        continue
      }
      if results == nil { results = elements }
      results?[index] = result
    }
    return results
  }

  /// What a macro stands for once it is no macro any more, though it may hold some.
  ///
  /// - Parameter leavesBindings: whether to stop at `=->` and `=->>`.
  private mutating func expandHead(
    _ expression: SExpression, depth: Int, leavesBindings: Bool
  ) throws(SourceError) -> SExpression {
    var result = expression
    while let macro = ThreadingMacro(result), let elements = result.formElements {
      if leavesBindings, case .bind = macro { break }
      try check(depth: depth, at: result)
      try spend(elements.count, at: result)
      guard elements.count > 1 else {
        throw SourceError(
          file: file, position: result.position, message: "a macro without a value",
          expected: "a value to thread", found: result.summary)
      }
      let value = try expandHead(elements[1], depth: depth + 1, leavesBindings: true)
      let use = MacroUse(
        macro: macro, form: result, value: value, steps: elements.dropFirst(2), file: file)
      try check(depth: depth + use.addedDepth - 1, at: result)
      result = try use.expanded(names: &names)
    }
    return result
  }

  /// Demands that the bracket numbered `depth` may be open.
  private func check(depth: Int, at expression: SExpression) throws(SourceError) {
    guard depth <= SExpressionReader.nestingLimit else {
      throw error("brackets nest deeper than \(SExpressionReader.nestingLimit) levels", expression)
    }
  }

  /// Counts nodes of what macros expand to.
  private mutating func spend(_ count: Int, at expression: SExpression) throws(SourceError) {
    remainingNodes -= count
    guard remainingNodes >= 0 else {
      throw error("macros expand to more than \(macroExpansionLimit) nodes", expression)
    }
  }

  private func error(_ message: String, _ expression: SExpression) -> SourceError {
    SourceError(
      file: file, position: expression.position, message: message, form: expression.summary)
  }
}
