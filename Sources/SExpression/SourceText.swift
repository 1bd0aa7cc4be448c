/// A named text to read: bytes that are known to be UTF-8.
package struct SourceText: Sendable {
  /// The most bytes a text may have, so that every position fits its 32 bits.
  package static let byteLimit = 1 << 31

  /// What messages call the text: a path, `<stdin>` or `<text>`.
  package let name: String

  /// The UTF-8 bytes.
  package let bytes: [UInt8]

  /// Takes a Swift string, which is always well formed.
  package init(name: String = "<text>", _ string: String) {
    self.name = name
    bytes = Array(string.utf8)
  }

  /// Takes raw bytes, as a file holds them.
  ///
  /// - Throws: `SourceError` with the offset of the first byte that is no UTF-8, or for a text
  ///   of more than `byteLimit` bytes.
  /// - Complexity: O(bytes).
  package init(name: String, bytes: [UInt8]) throws(SourceError) {
    self.name = name
    self.bytes = bytes
    guard bytes.count <= Self.byteLimit else {
      throw SourceError(
        file: name, position: .start, message: "the text is too large",
        expected: "at most \(Self.byteLimit) bytes", found: "\(bytes.count)")
    }
    guard let offset = Self.firstInvalidOffset(of: bytes) else { return }
    throw SourceError(
      file: name, position: position(atOffset: offset),
      message: "invalid UTF-8 at byte offset \(offset)", expected: "UTF-8 text",
      found: "byte 0x" + String(bytes[offset], radix: 16, uppercase: true))
  }

  /// The position of a byte, found by counting from the start of the text.
  ///
  /// - Complexity: O(offset).
  package func position(atOffset offset: Int) -> SourcePosition {
    var line = 1
    var column = 1
    for byte in bytes.prefix(offset) {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if !isContinuation(byte) {
        column += 1
      }
    }
    return SourcePosition(line: line, column: column, offset: offset)
  }

  /// The offset of the first ill-formed sequence, if there is one.
  private static func firstInvalidOffset(of bytes: [UInt8]) -> Int? {
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: bytes.span)
      return nil
    } catch {
      return error.byteOffsets.lowerBound
    }
  }
}

/// Whether a byte of well-formed UTF-8 continues a scalar that an earlier byte began.
func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
