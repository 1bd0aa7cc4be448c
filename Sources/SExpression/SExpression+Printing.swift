extension SExpression: CustomStringConvertible {
  /// The canonical text on one line: `(op x :axes [0 1])`, `f32[4,8]`; it reads back to the same.
  package var description: String {
    var text = ""
    write(to: &text)
    return text
  }

  /// Appends the canonical text.
  package func write(to text: inout String) {
    switch kind {
    case .symbol(let name): text += name
    case .keyword(let name):
      text += ":"
      text += name
    case .integer(let digits), .float(let digits): text += digits
    case .boolean(let value): text += value ? "true" : "false"
    case .string(let value): Self.write(quoted: value, to: &text)
    case .list(let elements): Self.write(elements, "[", " ", "]", to: &text)
    case .form(let elements): Self.write(elements, "(", " ", ")", to: &text)
    case .type(let name, let sizes):
      text += name
      Self.write(sizes, "[", ",", "]", to: &text)
    }
  }

  /// A short name of the expression for messages: an atom in full, a form by its head.
  package var summary: String {
    switch kind {
    case .symbol, .keyword, .integer, .float, .boolean, .string: shortened(description)
    case .list(let elements): elements.isEmpty ? "[]" : elements.count > 8 ? "[…]" : shortList
    case .form(let elements): formSummary(head: elements.first, count: elements.count)
    case .type(let name, let sizes): sizes.count > 8 ? name + "[…]" : shortened(description)
    }
  }

  /// A list in full where all its elements are atoms.
  private var shortList: String {
    let isFlat = (listElements ?? []).allSatisfy { element in
      switch element.kind {
      case .symbol, .keyword, .integer, .float, .boolean, .string: true
      case .list, .form, .type: false
      }
    }
    return isFlat ? shortened(description) : "[…]"
  }

  /// Appends elements between brackets.
  private static func write(
    _ elements: [SExpression], _ open: String, _ separator: String, _ close: String,
    to text: inout String
  ) {
    text += open
    var isFirst = true
    for element in elements {
      if !isFirst { text += separator }
      isFirst = false
      element.write(to: &text)
    }
    text += close
  }

  /// Appends a string in quotes; control characters are written as escapes.
  private static func write(quoted value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\0"..<" ", "\u{7F}": text += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

/// `(head …)`, the way messages name a form.
func formSummary(head: SExpression?, count: Int) -> String {
  switch (head?.kind, count) {
  case (nil, _): "()"
  case (.symbol(let name), 1): "(" + shortened(name) + ")"
  case (.symbol(let name), _): "(" + shortened(name) + " …)"
  default: "(…)"
  }
}

/// At most 40 characters of a text.
func shortened(_ text: String) -> String {
  text.unicodeScalars.count <= 40 ? text : String(text.unicodeScalars.prefix(39)) + "…"
}
