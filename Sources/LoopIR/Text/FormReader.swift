import SExpression
import ScalarIR

/// The elements of one form, taken one after the other, with errors that point into the text.
struct FormReader {
  let file: String
  let form: SExpression
  /// The element that was taken last; at first the form itself.
  private(set) var latest: SExpression
  private var rest: ArraySlice<SExpression>

  /// Reads a form; unless `isHeadless`, the symbol that it begins with has been taken.
  init(_ form: SExpression, file: String, isHeadless: Bool = false) throws(SourceError) {
    self.file = file
    self.form = form
    latest = form
    guard let elements = form.formElements else {
      throw SourceError(
        file: file, position: form.position, message: "no form", expected: "a form",
        found: form.summary)
    }
    rest = elements.dropFirst(isHeadless || form.head == nil ? 0 : 1)
  }

  var isAtEnd: Bool { rest.isEmpty }

  func error(_ place: SExpression? = nil, _ message: String, expected: String) -> SourceError {
    SourceError(
      file: file, position: (place ?? form).position, message: message, expected: expected,
      found: place?.summary, form: form.summary)
  }

  /// The next element, whatever it is.
  mutating func take(_ expected: String) throws(SourceError) -> SExpression {
    guard let next = rest.popFirst() else {
      throw error(nil, "the form ends early", expected: expected)
    }
    latest = next
    return next
  }

  /// The next element where it is a form.
  mutating func takeForm(_ expected: String) throws(SourceError) -> FormReader {
    let next = try take(expected)
    guard next.formElements != nil else { throw error(next, "no form", expected: expected) }
    return try FormReader(next, file: file)
  }

  /// A name: a symbol or a string.
  mutating func takeName(_ expected: String) throws(SourceError) -> String {
    let next = try take(expected)
    guard let name = next.name else { throw error(next, "no name", expected: expected) }
    return name
  }

  mutating func takeVariable() throws(SourceError) -> Variable {
    Variable(try takeName("the name of a variable"))
  }

  mutating func takeDType() throws(SourceError) -> DType {
    let next = try take("an element type")
    guard let name = next.symbol, let dtype = DType(name: name) else {
      throw error(next, "unknown element type", expected: "an element type such as f32")
    }
    return dtype
  }

  mutating func takeInteger(_ expected: String) throws(SourceError) -> Int {
    let next = try take(expected)
    guard let value = ScalarValue(.i64, reading: next) else {
      throw error(next, "no integer", expected: expected)
    }
    return Int(value.signedInteger)
  }

  mutating func takeScalar(_ dtype: DType) throws(SourceError) -> ScalarValue {
    let next = try take("a value of \(dtype)")
    return try scalar(next, dtype)
  }

  /// The value of type `dtype` that an element writes.
  func scalar(_ element: SExpression, _ dtype: DType) throws(SourceError) -> ScalarValue {
    if let value = ScalarValue(dtype, reading: element) { return value }
    if let elements = element.formElements, elements.count == 2, element.head == "bits",
      let bits = ScalarValue(.u64, reading: elements[1])?.bits, bits <= dtype.bitMask
    {
      return ScalarValue(dtype, bits: bits)
    }
    throw error(element, "no value of \(dtype)", expected: "a value that \(dtype) has")
  }

  mutating func takeList(_ expected: String) throws(SourceError) -> [SExpression] {
    let next = try take(expected)
    guard let elements = next.listElements else { throw error(next, "no list", expected: expected) }
    return elements
  }

  /// The names in the next element, a list.
  mutating func takeNames(_ expected: String) throws(SourceError) -> [(
    name: String, at: SExpression
  )] {
    var names: [(String, SExpression)] = []
    for element in try takeList(expected) {
      guard let name = element.name else { throw error(element, "no name", expected: "a name") }
      names.append((name, element))
    }
    return names
  }

  /// The keyword that comes next; nil, and nothing taken, where something else does.
  mutating func takeKeyword() -> String? {
    guard case .keyword(let name)? = rest.first?.kind, let next = rest.popFirst() else {
      return nil
    }
    latest = next
    return name
  }

  /// Takes the next element where it is the given keyword.
  mutating func takes(keyword: String) -> Bool {
    guard case .keyword(keyword)? = rest.first?.kind else { return false }
    rest.removeFirst()
    return true
  }

  /// The keyword that must come next.
  mutating func takeKeyword(_ expected: String) throws(SourceError) -> String {
    let next = try take(expected)
    guard case .keyword(let name) = next.kind else {
      throw error(next, "no keyword", expected: expected)
    }
    return name
  }

  /// Demands that everything has been taken.
  func finish() throws(SourceError) {
    if let next = rest.first {
      throw error(next, "one element too many", expected: "the form's end")
    }
  }
}

extension SExpression {
  /// The name that a symbol or a string writes.
  var name: String? {
    switch kind {
    case .symbol(let name), .string(let name): name
    case .keyword, .integer, .float, .boolean, .list, .form, .type: nil
    }
  }
}
