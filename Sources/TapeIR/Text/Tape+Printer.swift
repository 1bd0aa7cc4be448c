import SExpression
import ScalarIR

extension Tape: CustomStringConvertible {
  /// The canonical text: one op a line, every type written, only names as operands.
  ///
  ///     (tape scale [(x f32[4])]
  ///       (v0 (constant 2 :type f32[4])  f32[4])
  ///       (y (mul x v0)                  f32[4])
  ///       (return y))
  ///
  /// Values keep their names; those without one are called after the result that they are, or
  /// `v0`, `v1`, …. A result that is called otherwise than its value is bound as an alias.
  ///
  /// - Complexity: O(nodes and the elements of their constants).
  package var description: String { TapePrinter(self).text }
}

/// The text of one tape.
private struct TapePrinter {
  /// Where the types' column stands at most.
  private static let typeColumnLimit = 64
  /// The longest line that the parameters share.
  private static let lineLimit = 96

  private let tape: Tape
  private let names: [String]

  /// A binding in two columns.
  private struct Line {
    let binding: String
    let type: String
    /// Whether the binding holds bodies, which have lines of their own.
    var isTall = false
  }

  init(_ tape: Tape) {
    self.tape = tape
    names = TapeNames(tape).names
  }

  var text: String {
    let lines = tape.nodes.map(line) + aliases
    let column =
      lines.lazy.filter { !$0.isTall }.map(\.binding.utf8.count).filter {
        $0 <= Self.typeColumnLimit
      }.max() ?? 0
    var text = header
    for line in lines {
      text += "\n  "
      text += line.binding
      let padding = line.isTall ? 2 : max(0, column - line.binding.utf8.count) + 2
      text += String(repeating: " ", count: padding)
      text += line.type
    }
    text += "\n  (return"
    for result in tape.results { text += " " + result.name }
    return text + "))"
  }

  private var header: String {
    let start = "(tape \(tape.name) ["
    let parameters = tape.parameters.map { "(\(names[$0.index]) \(tape.type(of: $0)))" }
    let length = parameters.reduce(start.utf8.count) { $0 + $1.utf8.count + 1 }
    let separator =
      length <= Self.lineLimit ? " " : "\n" + String(repeating: " ", count: start.utf8.count)
    return start + parameters.joined(separator: separator) + "]"
  }

  private func line(_ node: Node) -> Line {
    let results = node.results
    let call = call(node)
    let isTall = !Tape.bodies(of: node).isEmpty
    if results.count == 1 {
      return Line(
        binding: "(\(names[results[0].index]) \(call)", type: "\(tape.type(of: results[0])))",
        isTall: isTall)
    }
    let list = results.map { names[$0.index] }.joined(separator: " ")
    let types = results.map { tape.type(of: $0).description }.joined(separator: " ")
    return Line(binding: "([\(list)] \(call)", type: "[\(types)])", isTall: isTall)
  }

  private func call(_ node: Node) -> String {
    var text = "(" + node.op.name
    for spec in node.op.attributes where spec.isPositional {
      if let value = node.attributes[spec.key] { text += " \(value)" }
    }
    for operand in node.operands { text += " " + names[operand.index] }
    for spec in node.op.attributes where !spec.isPositional {
      guard let value = node.attributes[spec.key] else { continue }
      if case .tape(let body) = value {
        text += "\n    :\(spec.key.rawValue)"
        for line in body.tape.description.split(separator: "\n") { text += "\n      \(line)" }
      } else {
        text += " :\(spec.key.rawValue) \(value)"
      }
    }
    return text + ")"
  }

  /// Bindings of the results that are called otherwise than their values.
  private var aliases: [Line] {
    tape.results.filter { $0.name != names[$0.value.index] }.map { result in
      Line(
        binding: "(\(result.name) \(names[result.value.index])",
        type: "\(tape.type(of: result.value)))")
    }
  }
}

extension AttributeValue: CustomStringConvertible {
  /// The value as the text form writes it.
  package var description: String {
    switch self {
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .integers(let values): "[\(values.map(String.init).joined(separator: " "))]"
    case .symbols(let words): "[\(words.joined(separator: " "))]"
    case .dims(let dims): "[\(dims.map(\.text).joined(separator: " "))]"
    case .dtype(let dtype): dtype.name
    case .type(let type): type.description
    case .literal(let literal): literal.description
    case .dim(let dim): dim.text
    case .tape(let body): body.tape.description
    case .word(let word): word
    }
  }
}
