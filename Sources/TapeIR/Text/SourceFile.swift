import SExpression
import ScalarIR

/// The tapes, models and rules of one text, in order; each may use those before it.
package struct SourceFile: Sendable {
  /// A model: a named expression of untyped parameters, elaborated anew wherever it is called.
  package struct Model: Sendable {
    package let name: String
    package let parameters: [String]
    package let body: SExpression
  }

  /// What a form may call.
  enum Callable: Sendable {
    case tape(Tape)
    case model(Model)
  }

  /// What messages call the text.
  package let name: String
  package private(set) var tapes: [Tape] = []
  package private(set) var models: [Model] = []
  /// The forms that begin with `rule`, as they stand.
  package private(set) var rules: [SExpression] = []

  private var callables: [String: Callable] = [:]
  private let expansionLimit: Int

  /// A file without forms yet.
  ///
  /// - Parameter expansionLimit: the most nodes that the calls of one tape may copy and models that
  ///   they may elaborate: a short text of calls that call others twice could ask for more than a
  ///   machine holds.
  package init(name: String, expansionLimit: Int = 1 << 19) {
    self.name = name
    self.expansionLimit = expansionLimit
  }

  /// All forms of a text.
  ///
  /// - Throws: `TapeError.source` at the first place that is wrong.
  package init(_ text: SourceText) throws(TapeError) {
    self.init(name: text.name)
    do {
      for form in try SExpressionReader.readAll(text) { try addForm(form) }
    } catch {
      throw .source(error)
    }
  }

  /// Adds a form; one with an error changes nothing, so that a reader may go on after it.
  ///
  /// - Throws: `TapeError.source` at the place that is wrong.
  package mutating func add(_ form: SExpression) throws(TapeError) {
    do {
      try addForm(form)
    } catch {
      throw .source(error)
    }
  }

  /// The tape called `name`.
  package func tape(named name: String) -> Tape? { tapes.first { $0.name == name } }

  private mutating func addForm(_ form: SExpression) throws(SourceError) {
    switch form.head {
    case "tape":
      var elaborator = Elaborator(
        file: name, callables: callables, expansionLimit: expansionLimit)
      let tape = try elaborator.tape(expandMacros(form, file: name))
      try define(tape.name, .tape(tape), form)
      tapes.append(tape)
    case "defmodel":
      let model = try model(expandMacros(form, file: name))
      try define(model.name, .model(model), form)
      models.append(model)
    case "rule": rules.append(form)
    default:
      throw SourceError(
        file: name, position: form.position, message: "nothing that a file holds",
        expected: "(tape …), (defmodel …) or (rule …)", found: form.summary)
    }
  }

  private mutating func define(
    _ name: String, _ callable: Callable, _ form: SExpression
  ) throws(SourceError) {
    guard callables.updateValue(callable, forKey: name) == nil else {
      throw SourceError(
        file: self.name, position: form.position, message: "a second definition of \(name)",
        expected: "a new name", found: name, form: form.summary)
    }
  }

  private func model(_ form: SExpression) throws(SourceError) -> Model {
    let elements = form.formElements ?? []
    guard elements.count == 4, let parameters = elements[2].listElements else {
      throw SourceError(
        file: name, position: form.position, message: "malformed model",
        expected: "(defmodel NAME [NAME …] EXPR)", found: "\(elements.count) elements",
        form: form.summary)
    }
    var names: [String] = []
    for element in [elements[1]] + parameters {
      let parameter = try Elaborator.name(element, in: form, file: name)
      if names.dropFirst().contains(parameter) {
        throw SourceError(
          file: name, position: form.position, message: "\(parameter) is bound twice",
          expected: "distinct names", found: parameter, form: form.summary)
      }
      names.append(parameter)
    }
    return Model(name: names[0], parameters: Array(names.dropFirst()), body: elements[3])
  }
}

extension Tape {
  /// The only tape of a text.
  ///
  /// - Throws: `TapeError.source` at the place that is wrong.
  package init(parsing text: String, file: String = "<text>") throws(TapeError) {
    let source = try SourceFile(SourceText(name: file, text))
    guard source.tapes.count == 1 else {
      throw .source(
        SourceError(
          file: file, position: .start, message: "no single tape", expected: "one tape",
          found: "\(source.tapes.count)"))
    }
    self = source.tapes[0]
  }
}
