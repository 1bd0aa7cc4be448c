import SExpression
import ScalarIR

/// Turns the form of one tape into the tape: flattens nested expressions, gives literals their types,
/// writes broadcasts out, inlines calls and infers types.
///
/// Errors point at the bracket of the innermost form around what is wrong.
struct Elaborator {
  /// What an expression stands for: a value, or a literal whose type its use decides.
  enum Operand {
    case value(Value)
    case literal(SExpression)
  }

  /// A use of a tape or a model on values.
  struct Call: Hashable {
    let name: String
    let operands: [Value]
    let literalType: DType?
  }

  let file: String
  let callables: [String: SourceFile.Callable]
  var builder = TapeBuilder(name: "")
  /// What each name stands for.
  var scope: [String: Operand] = [:]
  /// How many nodes calls may copy.
  let expansionLimit: Int
  /// How many nodes calls have copied.
  var expansion = 0
  /// What calls on values have given, so that calls of calls are elaborated once.
  var called: [Call: [Operand]] = [:]
  /// How deep the expression being elaborated stands in forms and models.
  var depth = 0

  init(file: String, callables: [String: SourceFile.Callable], expansionLimit: Int) {
    self.file = file
    self.callables = callables
    self.expansionLimit = expansionLimit
  }

  /// The tape of a form `(tape NAME [param …] binding … (return NAME …))`.
  mutating func tape(_ form: SExpression) throws(SourceError) -> Tape {
    let elements = form.formElements ?? []
    guard elements.count >= 4, let parameters = elements[2].listElements else {
      throw error(
        form, "malformed tape",
        expected: "(tape NAME [(NAME TYPE) …] (NAME EXPR) … (return NAME …))",
        found: form.summary)
    }
    builder = TapeBuilder(name: try Elaborator.name(elements[1], in: form, file: file))
    for parameter in parameters { try addParameter(parameter, in: form) }
    for binding in elements[3..<(elements.count - 1)] { try bind(binding, in: form) }
    return builder.finish(try results(elements[elements.count - 1], in: form))
  }

  private mutating func addParameter(
    _ parameter: SExpression, in form: SExpression
  ) throws(SourceError) {
    guard let elements = parameter.formElements, elements.count == 2 else {
      throw error(
        parameter.formElements == nil ? form : parameter, "malformed parameter",
        expected: "(NAME TYPE)", found: parameter.summary)
    }
    let name = try newName(elements[0], in: parameter)
    let type = try TensorType(elements[1], in: parameter, file: file)
    scope[name] = .value(builder.parameter(name, type))
  }

  private func results(
    _ form: SExpression, in tape: SExpression
  ) throws(SourceError) -> [Tape.Result] {
    guard form.head == "return", let elements = form.formElements else {
      throw error(
        form.formElements == nil ? tape : form, "the tape does not end in what it returns",
        expected: "(return NAME …)", found: form.summary)
    }
    guard elements.count > 1 else {
      throw error(form, "nothing to return", expected: "a name", found: form.summary)
    }
    var names: Set<String> = []
    var results: [Tape.Result] = []
    for element in elements.dropFirst() {
      let name = try Elaborator.name(element, in: form, file: file)
      guard case .value(let value)? = scope[name] else { throw unknownName(name, in: form) }
      guard names.insert(name).inserted else {
        throw error(form, "\(name) is returned twice", expected: "distinct names", found: name)
      }
      results.append(Tape.Result(name: name, value: value))
    }
    return results
  }
}

// MARK: - Bindings

extension Elaborator {
  /// Elaborates `(NAME EXPR)`, `(NAME EXPR TYPE)`, `([NAME …] EXPR)` or `([NAME …] EXPR [TYPE …])`.
  fileprivate mutating func bind(
    _ binding: SExpression, in tape: SExpression
  ) throws(SourceError) {
    guard let elements = binding.formElements, 2...3 ~= elements.count,
      binding.head != "return"
    else {
      throw error(
        binding.formElements == nil ? tape : binding, "malformed binding",
        expected: "(NAME EXPR) or (NAME EXPR TYPE), and (return …) at the end",
        found: binding.summary)
    }
    let list = elements[0].listElements
    var names: [String] = []
    for element in list ?? [elements[0]] {
      let name = try newName(element, in: binding)
      if names.contains(name) { throw boundTwice(name, in: binding) }
      names.append(name)
    }
    let types = try writtenTypes(elements.dropFirst(2).first, isList: list != nil, in: binding)
    let written = types?.count == 1 ? types?.first : nil
    let operands = try operands(of: elements[1], in: binding, written: written)
    var values: [Value] = []
    for operand in operands {
      values.append(try value(of: operand, in: binding, written: written))
    }
    guard values.count == names.count else {
      throw error(
        binding, "as many names as results are needed",
        expected: "\(values.count) name\(values.count == 1 ? "" : "s")", found: "\(names.count)")
    }
    let found = values.map(builder.type(of:))
    if let types, types != found {
      throw error(
        binding, "the written type is not the inferred one",
        expected: Elaborator.text(of: types), found: Elaborator.text(of: found))
    }
    for (name, value) in zip(names, values) {
      scope[name] = .value(value)
      builder.suggestName(name, for: value)
    }
  }

  private func writtenTypes(
    _ expression: SExpression?, isList: Bool, in binding: SExpression
  ) throws(SourceError) -> [TensorType]? {
    guard let expression else { return nil }
    guard isList else { return [try TensorType(expression, in: binding, file: file)] }
    guard let elements = expression.listElements else {
      throw error(
        binding, "no list of types", expected: "[TYPE …]", found: expression.summary)
    }
    var types: [TensorType] = []
    for element in elements { types.append(try TensorType(element, in: binding, file: file)) }
    return types
  }

  /// A binding's value; a literal becomes a constant of the written type.
  private mutating func value(
    of operand: Operand, in binding: SExpression, written: TensorType?
  ) throws(SourceError) -> Value {
    switch operand {
    case .value(let value): return value
    case .literal(let literal):
      guard let written else {
        throw error(
          binding, "a literal without a type", expected: "a type after it", found: literal.summary)
      }
      return try constant(literal, written, in: binding)
    }
  }

  static func text(of types: [TensorType]) -> String {
    types.count == 1
      ? types[0].description : "[\(types.map(\.description).joined(separator: " "))]"
  }
}

// MARK: - Names and errors

extension Elaborator {
  /// The name that an expression is.
  static func name(
    _ expression: SExpression, in form: SExpression, file: String
  ) throws(SourceError) -> String {
    guard let name = expression.symbol, TapeNames.isName(name) else {
      throw SourceError(
        file: file, position: form.position, message: "no name", expected: "a name",
        found: expression.summary, form: form.summary)
    }
    return name
  }

  /// The name that an expression is, which nothing has yet.
  private func newName(
    _ expression: SExpression, in form: SExpression
  ) throws(SourceError) -> String {
    let name = try Elaborator.name(expression, in: form, file: file)
    if scope[name] != nil { throw boundTwice(name, in: form) }
    return name
  }

  private func boundTwice(_ name: String, in form: SExpression) -> SourceError {
    error(form, "\(name) is bound twice", expected: "a new name", found: name)
  }

  func unknownName(_ name: String, in form: SExpression) -> SourceError {
    error(form, "unknown name \(name)", expected: "a parameter or an earlier binding", found: name)
  }

  func error(
    _ form: SExpression, _ message: String, expected: String? = nil, found: String? = nil
  ) -> SourceError {
    SourceError(
      file: file, position: form.position, message: message, expected: expected, found: found,
      form: form.summary)
  }

  /// What a constraint says about a form.
  func error(_ form: SExpression, _ tapeError: TapeError) -> SourceError {
    switch tapeError {
    case .constraint(_, _, let violation, _):
      error(form, "\(violation.constraint): \(violation.message)")
    case .source(let sourceError): sourceError
    case .malformed, .gradient, .data, .index, .host: error(form, tapeError.description)
    }
  }
}
