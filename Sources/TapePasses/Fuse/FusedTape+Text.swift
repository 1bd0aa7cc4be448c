import SExpression
import ScalarIR
import TapeIR

// The text of a fused tape: the tape, then its groups, which name the tape's values.
//
//     (fused
//       (tape softmax [(x f32[4,8])] …)
//       (roles [(b inlined) (m 0) (d 0)])
//       (group 0 :kind rows :axes [1] :domain [4 8] :nodes [m d] :outputs [y]))
//
// A group of control flow has its bodies, fused too: :bodies [(fused …) …].

extension FusedTape: CustomStringConvertible {
  package var description: String {
    let names = TapeNames(tape).names
    func name(_ value: Value) -> String { names[value.index] }
    func nodes(_ numbers: [Int]) -> String {
      numbers.map { name(tape.nodes[$0].firstResult) }.joined(separator: " ")
    }
    var text = "(fused\n"
    for line in tape.description.split(separator: "\n") { text += "  \(line)\n" }
    let others = tape.nodes.indices.compactMap { number -> String? in
      let value = name(tape.nodes[number].firstResult)
      switch roles[number] {
      case .inlined: return "(\(value) inlined)"
      case .alias: return "(\(value) alias)"
      case .constant: return "(\(value) constant)"
      case .grouped: return nil
      }
    }
    text += "  (roles [\(others.joined(separator: " "))])"
    for (number, group) in groups.enumerated() {
      let axes = group.reducedAxes.map {
        " :axes [\($0.map(String.init).joined(separator: " "))]"
      }
      let domain = group.domain.dims.map(\.text).joined(separator: " ")
      text += "\n  (group \(number) :kind \(group.kindName)\(axes ?? "") :domain [\(domain)]"
      text += "\n    :nodes [\(nodes(group.nodes))]"
      text += "\n    :outputs [\(group.outputs.map(name).joined(separator: " "))]"
      if !group.bodies.isEmpty {
        text += "\n    :bodies ["
        for body in group.bodies {
          for line in body.description.split(separator: "\n") { text += "\n      \(line)" }
        }
        text += "]"
      }
      text += ")"
    }
    return text + ")"
  }

  /// The fused tape that a text says.
  ///
  /// - Throws: `TapeError.source` where the text is none.
  package init(parsing text: SourceText) throws(TapeError) {
    let form: SExpression
    do { form = try SExpressionReader.readOne(text) } catch { throw .source(error) }
    var reader = FusedTapeReader(file: text.name)
    self = try reader.read(form)
  }
}

extension FusionGroup {
  fileprivate var kindName: String {
    switch kind {
    case .loops: "loops"
    case .rows: "rows"
    case .reduction: "reduction"
    case .fold: "fold"
    case .scan: "scan"
    case .window: "window"
    case .contraction: "contraction"
    case .control: "control"
    case .scatter: "scatter"
    case .sort: "sort"
    case .linearAlgebra: "linear-algebra"
    case .host: "host"
    }
  }
}

private struct FusedTapeReader {
  let file: String
  private var nodes: [String: Int] = [:]
  private var values: [String: Value] = [:]

  init(file: String) { self.file = file }

  mutating func read(_ form: SExpression) throws(TapeError) -> FusedTape {
    guard form.head == "fused", let parts = form.formElements, parts.count >= 3 else {
      throw error(form, "a fused tape", "(fused (tape …) (roles …) (group …) …)")
    }
    var source = SourceFile(name: file)
    try source.add(parts[1])
    guard let tape = source.tapes.first else { throw error(parts[1], "no tape", "(tape …)") }
    for (number, node) in tape.nodes.enumerated() {
      for value in node.results {
        guard let name = tape.names[value.index] else { continue }
        nodes[name] = number
        values[name] = value
      }
    }
    var fused = FusedTape(
      tape: tape, roles: [NodeRole](repeating: .inlined, count: tape.nodes.count), groups: [])
    guard parts[2].head == "roles",
      let roles = parts[2].formElements?.dropFirst().first?.listElements
    else { throw error(parts[2], "no roles", "(roles [(NAME ROLE) …])") }
    for item in roles {
      guard let pair = item.formElements, pair.count == 2 else {
        throw error(item, "no role", "(NAME inlined | alias | constant)")
      }
      let number = try node(pair[0])
      switch pair[1].symbol {
      case "inlined": fused.roles[number] = .inlined
      case "alias": fused.roles[number] = .alias
      case "constant": fused.roles[number] = .constant
      default: throw error(pair[1], "no role", "inlined, alias or constant")
      }
    }
    for part in parts.dropFirst(3) {
      let group = try group(part)
      for number in group.nodes { fused.roles[number] = .grouped(fused.groups.count) }
      fused.groups.append(group)
    }
    return fused
  }

  private func group(_ form: SExpression) throws(TapeError) -> FusionGroup {
    guard form.head == "group", let parts = form.formElements, parts.count >= 2 else {
      throw error(form, "no group", "(group N :kind … :domain … :nodes … :outputs …)")
    }
    var fields: [String: SExpression] = [:]
    var position = 2
    while position + 1 < parts.count, let key = parts[position].keyword {
      fields[key] = parts[position + 1]
      position += 2
    }
    func list(_ key: String) throws(TapeError) -> [SExpression] {
      guard let items = fields[key]?.listElements else {
        throw error(form, "no list :\(key)", "a list after :\(key)")
      }
      return items
    }
    var axes: [Int] = []
    if fields["axes"] != nil {
      for item in try list("axes") {
        guard case .integer(let text) = item.kind, let axis = Int(text) else {
          throw error(item, "no axis", "an axis")
        }
        axes.append(axis)
      }
    }
    let kind: FusionGroup.Kind
    switch fields["kind"]?.symbol {
    case "loops": kind = .loops
    case "rows": kind = .rows(axes: axes)
    case "reduction": kind = .reduction(axes: axes)
    case "fold": kind = .fold(axes: axes)
    case "scan": kind = .scan
    case "window": kind = .window(axes: axes)
    case "contraction": kind = .contraction
    case "control": kind = .control
    case "scatter": kind = .scatter
    case "sort": kind = .sort
    case "linear-algebra": kind = .linearAlgebra
    case "host": kind = .host
    default:
      throw error(
        form, "no kind",
        ":kind loops, rows, reduction, fold, scan, window, contraction, control, scatter, sort, "
          + "linear-algebra or host")
    }
    var dims: [Dim] = []
    for item in try list("domain") {
      do { dims.append(try Dim(item, in: form, file: file)) } catch { throw .source(error) }
    }
    var group = FusionGroup(kind: kind, domain: Shape(dims), nodes: [])
    for item in try list("nodes") { group.nodes.append(try node(item)) }
    for item in try list("outputs") {
      guard let value = item.symbol.flatMap({ values[$0] }) else {
        throw error(item, "no value of the tape", "the name of a binding")
      }
      group.outputs.append(value)
    }
    for item in fields["bodies"] == nil ? [] : try list("bodies") {
      var reader = FusedTapeReader(file: file)
      group.bodies.append(try reader.read(item))
    }
    return group
  }

  private func node(_ item: SExpression) throws(TapeError) -> Int {
    guard let number = item.symbol.flatMap({ nodes[$0] }) else {
      throw error(item, "no value of the tape", "the name of a binding")
    }
    return number
  }

  private func error(_ form: SExpression, _ message: String, _ expected: String) -> TapeError {
    .source(
      SourceError(
        file: file, position: form.position, message: message, expected: expected,
        found: form.summary))
  }
}
