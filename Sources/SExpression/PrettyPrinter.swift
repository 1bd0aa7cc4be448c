extension SExpression {
  /// The text over several lines, none longer than `width` where its atoms allow that.
  ///
  /// What fits stays on one line. Otherwise a form keeps its head and the plain operands after it
  /// on the first line and gives each other element a line of its own, two columns in, a keyword
  /// together with its value; a list fills lines with atoms and gives each form a line.
  ///
  /// - Complexity: O(nodes · width).
  package func prettyPrinted(width: Int = 80) -> String {
    var printer = PrettyPrinter(width: width)
    printer.print(self, closers: 0)
    return printer.text
  }
}

/// Lays out one expression, remembering the column it has come to.
private struct PrettyPrinter {
  let width: Int
  var text = ""
  var column = 0

  init(width: Int) { self.width = width }

  /// Prints an expression which `closers` closing brackets will follow on its last line.
  mutating func print(_ expression: SExpression, closers: Int) {
    if fits(expression, closers: closers) {
      append(expression.description)
      return
    }
    switch expression.kind {
    case .list(let elements): printList(elements, closers: closers + 1)
    case .form(let elements): printForm(elements, closers: closers + 1)
    case .symbol, .keyword, .integer, .float, .boolean, .string, .type:
      append(expression.description)
    }
  }

  private mutating func printList(_ elements: [SExpression], closers: Int) {
    append("[")
    let indent = column
    for (index, element) in elements.enumerated() {
      let isLast = index == elements.count - 1
      let elementClosers = isLast ? closers : 0
      if index > 0 {
        if element.isBracketed || elements[index - 1].isBracketed
          || !fits(element, closers: elementClosers + 1)
        {
          breakLine(indent: indent)
        } else {
          append(" ")
        }
      }
      print(element, closers: elementClosers)
    }
    append("]")
  }

  private mutating func printForm(_ elements: [SExpression], closers: Int) {
    let indent = column + 2
    append("(")
    var isFirstLine = true
    var index = 0
    while index < elements.count {
      let element = elements[index]
      let elementClosers = index == elements.count - 1 ? closers : 0
      if index > 0 {
        isFirstLine =
          isFirstLine && element.isPlainOperand && fits(element, closers: elementClosers + 1)
        if isFirstLine { append(" ") } else { breakLine(indent: indent) }
      }
      print(element, closers: elementClosers)
      index += 1
      let takesValue = element.keyword != nil && index > 1
      if takesValue, index < elements.count, elements[index].keyword == nil {
        append(" ")
        print(elements[index], closers: index == elements.count - 1 ? closers : 0)
        index += 1
      }
    }
    append(")")
  }

  /// Whether the expression fits what is left of the line.
  private func fits(_ expression: SExpression, closers: Int) -> Bool {
    var budget = width - column - closers
    return expression.consume(&budget)
  }

  private mutating func append(_ piece: String) {
    text += piece
    column += piece.unicodeScalars.count
  }

  private mutating func breakLine(indent: Int) {
    text += "\n"
    text += String(repeating: " ", count: indent)
    column = indent
  }
}

extension SExpression {
  /// Whether the expression is a list or a form.
  fileprivate var isBracketed: Bool {
    switch kind {
    case .list, .form: true
    case .symbol, .keyword, .integer, .float, .boolean, .string, .type: false
    }
  }

  /// Whether the expression may stay beside a form's head when the form takes several lines.
  fileprivate var isPlainOperand: Bool {
    switch kind {
    case .keyword, .form: false
    case .symbol, .integer, .float, .boolean, .string, .type, .list: true
    }
  }

  /// Takes the width of the one-line text off a budget; false, and early, where that is too small.
  fileprivate func consume(_ budget: inout Int) -> Bool {
    switch kind {
    case .symbol(let text), .integer(let text), .float(let text): budget -= text.utf8.count
    case .keyword(let name): budget -= 1 + name.utf8.count
    case .boolean(let value): budget -= value ? 4 : 5
    case .string: budget -= description.unicodeScalars.count
    case .list(let elements), .form(let elements): return Self.consume(elements, &budget)
    case .type(let name, let sizes):
      budget -= name.utf8.count
      return Self.consume(sizes, &budget)
    }
    return budget >= 0
  }

  private static func consume(_ elements: [SExpression], _ budget: inout Int) -> Bool {
    budget -= 2 + max(elements.count - 1, 0)
    for element in elements {
      guard budget >= 0, element.consume(&budget) else { return false }
    }
    return budget >= 0
  }
}
