import SExpression
import TapeIR
import TapePasses

/// A tape, or a fused one, as a graph in the language of Graphviz: one box a node, one frame a group.
struct Graph {
  private let tape: Tape
  private let groups: [FusionGroup]

  /// The stages after which there is one.
  static let stages: [String] =
    ["capture", "gradient"] + TapePass.standard.map(\.name) + ["fuse"]

  /// The graph of what the text of a stage holds.
  init(_ text: String) throws(TapeError) {
    if text.hasPrefix("(fused") {
      let fused = try FusedTape(parsing: SourceText(text))
      tape = fused.tape
      groups = fused.groups
    } else {
      tape = try Tape(parsing: text)
      groups = []
    }
  }

  var text: String {
    var lines = ["digraph \(Graph.quoted(tape.name)) {", "  node [shape=box];"]
    for (value, parameter) in zip(tape.parameters, tape.parameterList) {
      let label = "\(parameter.name)\n\(parameter.type)"
      lines.append("  v\(value.index) [label=\(Graph.quoted(label)), shape=ellipse];")
    }
    var grouped: Set<Int> = []
    for (number, group) in groups.enumerated() {
      lines.append("  subgraph cluster_\(number) {")
      lines.append("    label=\(Graph.quoted("group \(number)"));")
      for node in group.nodes { lines.append("    " + box(node)) }
      lines.append("  }")
      grouped.formUnion(group.nodes)
    }
    for node in tape.nodes.indices where !grouped.contains(node) {
      lines.append("  " + box(node))
    }
    for (number, node) in tape.nodes.enumerated() {
      for operand in node.operands { lines.append("  \(name(of: operand)) -> n\(number);") }
    }
    for (number, result) in tape.results.enumerated() {
      lines.append("  r\(number) [label=\(Graph.quoted(result.name)), shape=ellipse];")
      lines.append("  \(name(of: result.value)) -> r\(number);")
    }
    return (lines + ["}", ""]).joined(separator: "\n")
  }

  /// The line of a node.
  private func box(_ number: Int) -> String {
    let node = tape.nodes[number]
    let types = node.results.map { tape.type(of: $0).description }.joined(separator: " ")
    let attributes = node.attributes.entries.map { ":\($0.key.rawValue) \($0.value)" }
    let words = [node.op.name] + attributes.map { $0.count > 40 ? $0.prefix(39) + "…" : $0 }
    return "n\(number) [label=\(Graph.quoted(words.joined(separator: " ") + "\n" + types))];"
  }

  private func name(of value: Value) -> String {
    tape.producer(of: value).map { "n\($0)" } ?? "v\(value.index)"
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for character in text {
      switch character {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      default: quoted.append(character)
      }
    }
    return quoted + "\""
  }
}
