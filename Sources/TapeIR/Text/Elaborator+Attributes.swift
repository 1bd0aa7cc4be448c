import SExpression
import ScalarIR

extension Elaborator {
  /// The operands and attributes of one use of an op.
  struct Use {
    var operands: ArraySlice<SExpression>
    var attributes: Attributes
  }

  /// Tells operands from attributes and reads the latter.
  ///
  /// - Parameter written: the type that the binding writes, which stands for a missing `:type` of
  ///   an op whose value is written in place.
  mutating func split(
    _ elements: ArraySlice<SExpression>, _ name: String, _ specs: [AttributeSpec],
    of form: SExpression, written: TensorType?
  ) throws(SourceError) -> Use {
    let end = elements.firstIndex { $0.keyword != nil } ?? elements.endIndex
    var use = Use(operands: elements[..<end], attributes: .none)
    var rest = elements[end...]
    while let first = rest.first {
      guard let word = first.keyword else {
        throw error(
          form, "operands stand before attributes", expected: "an attribute", found: first.summary)
      }
      guard let key = AttributeKey(rawValue: word),
        let spec = specs.first(where: { $0.key == key && !$0.isPositional })
      else {
        throw error(
          form, "C0: \(name) has no attribute :\(word)", expected: Elaborator.text(of: specs),
          found: ":\(word)")
      }
      guard let value = rest.dropFirst().first, value.keyword == nil else {
        throw error(form, "the attribute :\(word) has no value", expected: spec.kind.phrase)
      }
      guard use.attributes[key] == nil else {
        throw error(form, "the attribute :\(word) stands twice")
      }
      use.attributes[key] =
        spec.kind == .tape && value.head == "tape"
        ? .tape(try body(value)) : try AttributeValue(value, as: spec, in: form, file: file)
      rest = rest.dropFirst(2)
    }
    for spec in specs where spec.isPositional {
      guard let value = use.operands.popFirst() else {
        throw error(form, "C0: \(name) needs a value", expected: spec.kind.phrase)
      }
      guard let type = use.attributes.type(.type) ?? written else {
        throw error(
          form, "\(name) needs its type", expected: ":type, or a type that the binding writes")
      }
      use.attributes[.type] = .type(type)
      use.attributes[spec.key] = .literal(try Literal(value, as: type, in: form, file: file))
    }
    return use
  }

  /// The tape that an attribute writes in place.
  private mutating func body(_ form: SExpression) throws(SourceError) -> Body {
    var elaborator = Elaborator(
      file: file, callables: callables, expansionLimit: expansionLimit - expansion)
    elaborator.depth = depth
    let tape = try elaborator.tape(form)
    expansion += elaborator.expansion
    return Body(tape)
  }

  private static func text(of specs: [AttributeSpec]) -> String {
    let words = specs.filter { !$0.isPositional }.map { ":\($0.key.rawValue)" }
    return words.isEmpty ? "no attribute" : words.joined(separator: ", ")
  }
}

extension AttributeValue {
  /// The value of an attribute that an expression writes.
  ///
  /// - Parameters:
  ///   - form: the innermost form around the expression, at which errors point.
  ///   - file: what messages call the text.
  package init(
    _ expression: SExpression, as spec: AttributeSpec, in form: SExpression, file: String
  ) throws(SourceError) {
    switch (spec.kind, expression.kind) {
    case (.boolean, .boolean(let value)):
      self = .boolean(value)
      return
    case (.integer, .integer(let text)):
      if let value = Int(integerText: text), value.magnitude <= Dim.limit {
        self = .integer(value)
        return
      }
    case (.integers, .list(let elements)):
      let values = elements.compactMap { element -> Int? in
        guard case .integer(let text) = element.kind, let value = Int(integerText: text),
          value.magnitude <= Dim.limit
        else { return nil }
        return value
      }
      if values.count == elements.count {
        self = .integers(values)
        return
      }
    case (.symbols, .list(let elements)):
      let words = elements.compactMap(\.symbol)
      if words.count == elements.count {
        self = .symbols(words)
        return
      }
    case (.dims, .list(let elements)):
      var dims: [Dim] = []
      for element in elements { dims.append(try Dim(element, in: form, file: file)) }
      self = .dims(dims)
      return
    case (.dtype, _):
      self = .dtype(try DType(expression, in: form, file: file))
      return
    case (.type, _):
      self = .type(try TensorType(expression, in: form, file: file))
      return
    case (.dim, .integer), (.dim, .symbol), (.dim, .form):
      self = .dim(try Dim(expression, in: form, file: file))
      return
    case (.word(let words), .symbol(let word)):
      if words.contains(word) {
        self = .word(word)
        return
      }
    case (.boolean, _), (.integer, _), (.integers, _), (.symbols, _), (.dims, _), (.literal, _),
      (.dim, _),
      (.tape, _), (.word, _):
      break
    }
    throw SourceError(
      file: file, position: form.position, message: "malformed value of :\(spec.key.rawValue)",
      expected: spec.kind.phrase, found: expression.summary, form: form.summary)
  }
}

extension AttributeSpec.Kind {
  /// What a value of the kind looks like, for messages.
  fileprivate var phrase: String {
    switch self {
    case .boolean: "true or false"
    case .integer: "an integer"
    case .integers: "a list of integers"
    case .symbols: "a list of words"
    case .dims: "a list of sizes"
    case .dtype: "an element type"
    case .type: "a type"
    case .literal: "a scalar or a nested list"
    case .dim: "a size"
    case .tape: "(tape NAME [(NAME TYPE) …] (NAME EXPR) … (return NAME …))"
    case .word(let words): words.joined(separator: ", ")
    }
  }
}
