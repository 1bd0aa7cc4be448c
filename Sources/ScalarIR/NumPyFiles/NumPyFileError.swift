/// What is wrong with the bytes of a `.npy` file.
package struct NumPyFileError: Error, Hashable, Sendable {
  /// What is wrong, in a phrase without a full stop.
  package let message: String
  /// Where, in bytes from the start of the file.
  package let offset: Int
  package let expected: String
  package let found: String

  package init(_ message: String, at offset: Int, expected: String, found: String) {
    self.message = message
    self.offset = offset
    self.expected = expected
    self.found = found
  }
}

extension NumPyFileError: CustomStringConvertible {
  package var description: String {
    "byte \(offset): \(message); expected \(expected), found \(found)"
  }
}
