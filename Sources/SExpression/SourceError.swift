/// A message about a place in a source text; the one error of whatever reads text.
package struct SourceError: Error, Hashable, CustomStringConvertible {
  /// The text's name.
  package var file: String

  /// Where the message points.
  package var position: SourcePosition

  /// What is wrong, in a phrase without a full stop.
  package var message: String

  /// What should have stood there.
  package var expected: String?

  /// What stands there.
  package var found: String?

  /// The form around the place, shortened, such as `(reduce-sum …)`.
  package var form: String?

  /// Makes an error; what is not known is left out of its description.
  package init(
    file: String, position: SourcePosition, message: String, expected: String? = nil,
    found: String? = nil, form: String? = nil
  ) {
    self.file = file
    self.position = position
    self.message = message
    self.expected = expected
    self.found = found
    self.form = form
  }

  /// `FILE:LINE:COLUMN: error: message; expected X, found Y; in (form …)`.
  package var description: String {
    var text = "\(file):\(position): error: \(message)"
    switch (expected, found) {
    case (let expected?, let found?): text += "; expected \(expected), found \(found)"
    case (let expected?, nil): text += "; expected \(expected)"
    case (nil, let found?): text += "; found \(found)"
    case (nil, nil): break
    }
    if let form { text += "; in \(form)" }
    return text
  }
}
