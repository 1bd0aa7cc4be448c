import SExpression
import TapeIR

/// Makes texts of tapes that are almost right: a few changes to the text of one that is.
package struct TapeMutator {
  private var random: SplitMix64

  package init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// The text of a tape after one to three changes.
  package mutating func text(of tape: Tape) -> String {
    let text = tape.description
    guard var form = try? SExpressionReader.readOne(SourceText(text)) else { return text }
    // Without written types a change spreads, and the tape is more often right again.
    if random.chance(7, in: 8) { form = withoutBindingTypes(form) }
    for _ in 0..<random.pick([1, 1, 1, 1, 2, 3]) { form = mutated(form) }
    let result = form.prettyPrinted(width: 100)
    return random.chance(1, in: 16) ? withOneByteChanged(result) : result
  }

  // MARK: - Changes of the tree

  /// A form with one of its nodes changed.
  private mutating func mutated(_ form: SExpression) -> SExpression {
    var target = random.number(0...(form.nodeCount - 1))
    let symbols = form.allSymbols
    return replaced(form, &target, symbols)
  }

  /// Walks to the node that `target` counts down to.
  private mutating func replaced(
    _ node: SExpression, _ target: inout Int, _ symbols: [String]
  ) -> SExpression {
    if target == 0 {
      target = -1
      return changed(node, symbols)
    }
    target -= 1
    switch node.kind {
    case .list(let elements): return SExpression(.list(replaced(elements, &target, symbols)))
    case .form(let elements): return SExpression(.form(replaced(elements, &target, symbols)))
    case .type(let name, let sizes):
      return SExpression(.type(name, replaced(sizes, &target, symbols)))
    case .symbol, .keyword, .integer, .float, .boolean, .string: return node
    }
  }

  private mutating func replaced(
    _ elements: [SExpression], _ target: inout Int, _ symbols: [String]
  ) -> [SExpression] {
    var results: [SExpression] = []
    for element in elements {
      results.append(target < 0 ? element : replaced(element, &target, symbols))
    }
    return results
  }

  private mutating func changed(_ node: SExpression, _ symbols: [String]) -> SExpression {
    switch node.kind {
    case .integer(let text): return SExpression(.integer(number(near: text)))
    case .float: return SExpression(.float(random.pick(["0.0", "-0.0", "1e400", "nan", "-inf"])))
    case .boolean(let value): return SExpression(.boolean(!value))
    case .string(let text): return SExpression(.symbol(text))
    case .symbol(let name): return symbol(insteadOf: name, symbols)
    case .keyword: return SExpression(.keyword(random.pick(AttributeKey.allCases).rawValue))
    case .type(let name, let sizes):
      if random.chance(1, in: 2) {
        return SExpression(.type(random.pick(TapeMutator.elementTypes), sizes))
      }
      return SExpression(.type(name, rearranged(sizes, symbols)))
    case .list(let elements): return SExpression(.list(rearranged(elements, symbols)))
    case .form(let elements):
      if random.chance(1, in: 8) { return SExpression(.list(elements)) }
      return SExpression(.form(rearranged(elements, symbols)))
    }
  }

  /// Elements with one gone, twice, at another place, or new.
  private mutating func rearranged(
    _ elements: [SExpression], _ symbols: [String]
  ) -> [SExpression] {
    var elements = elements
    guard !elements.isEmpty else { return [SExpression(.integer("1"))] }
    let place = random.number(0...(elements.count - 1))
    switch random.number(0...4) {
    case 0: elements.remove(at: place)
    case 1: elements.insert(elements[place], at: place)
    case 2: elements.swapAt(place, random.number(0...(elements.count - 1)))
    case 3: elements[place] = random.pick(elements)
    default: elements.insert(symbol(insteadOf: "", symbols), at: place)
    }
    return elements
  }

  private static let elementTypes = [
    "f64", "f32", "f16", "bf16", "i64", "i32", "i8", "u64", "u32", "u8", "bool", "f33",
  ]

  /// Numbers at which arithmetic and memory end.
  private static let edges = [
    "0", "-1", "1", "2", "3", "64", "65", "255", "2147483647", "2147483648", "4294967296",
    "281474976710656", "281474976710657", "4611686018427387904", "-4611686018427387904",
    "9223372036854775807", "-9223372036854775808", "18446744073709551616", "0xFF",
  ]

  private mutating func number(near text: String) -> String {
    guard let value = Int(text), random.chance(5, in: 6) else { return random.pick(Self.edges) }
    return random.pick(["\(value &+ 1)", "\(value &- 1)", "\(0 &- value)", "\(value &* 2)"])
  }

  private mutating func symbol(insteadOf name: String, _ symbols: [String]) -> SExpression {
    switch random.number(0...12) {
    case 0, 4, 5, 6: return SExpression(.symbol(random.pick(OpTable.standard.ops).name))
    case 1: return SExpression(.symbol(random.pick(["B", "2*B+1", "B-4", "N*1000000000"])))
    case 2: return SExpression(.integer(random.pick(Self.edges)))
    case 3:
      return SExpression(
        .form(
          [SExpression(.symbol(random.pick(["mul", "add", "floordiv", "min", "max", "neg"])))]
            + [SExpression(.symbol("B")), SExpression(.integer(random.pick(Self.edges)))]))
    default: return SExpression(.symbol(symbols.isEmpty ? "x" : random.pick(symbols)))
    }
  }

  // MARK: - Other changes

  /// A tape's form whose bindings write no types.
  private func withoutBindingTypes(_ form: SExpression) -> SExpression {
    guard let elements = form.formElements, elements.count > 4 else { return form }
    let bindings = elements[3...].map { binding -> SExpression in
      guard let parts = binding.formElements, parts.count == 3, binding.head != "return" else {
        return binding
      }
      return SExpression(.form(Array(parts.dropLast())))
    }
    return SExpression(.form(elements[..<3] + bindings))
  }

  private mutating func withOneByteChanged(_ text: String) -> String {
    var bytes = Array(text.utf8)
    let place = random.number(0...(bytes.count - 1))
    switch random.number(0...2) {
    case 0: bytes.remove(at: place)
    case 1: bytes.insert(random.pick(Array("()[]:;\"-.0xe\\ \n".utf8)), at: place)
    default: bytes[place] = UInt8(random.number(32...126))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension SExpression {
  private var children: [SExpression] {
    switch kind {
    case .list(let elements), .form(let elements), .type(_, let elements): elements
    case .symbol, .keyword, .integer, .float, .boolean, .string: []
    }
  }

  /// The number of nodes, with this one.
  fileprivate var nodeCount: Int { children.reduce(1) { $0 + $1.nodeCount } }

  /// The symbols anywhere in the expression.
  fileprivate var allSymbols: [String] {
    (symbol.map { [$0] } ?? []) + children.flatMap(\.allSymbols)
  }
}
