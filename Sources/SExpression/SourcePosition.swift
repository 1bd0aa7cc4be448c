/// A place in a source text: 1-based line and column, and the 0-based byte offset.
///
/// A column counts Unicode scalars, so that it agrees with what an editor shows for accented text.
/// Each field takes 32 bits, because every node of a large file carries one.
package struct SourcePosition: Sendable, Hashable, Comparable, CustomStringConvertible {
  private let storedLine: UInt32
  private let storedColumn: UInt32
  private let storedOffset: UInt32

  /// The first byte of a text.
  package static let start = SourcePosition(line: 1, column: 1, offset: 0)

  /// Makes a position; fields beyond 32 bits stick at the greatest value.
  package init(line: Int, column: Int, offset: Int) {
    storedLine = UInt32(clamping: line)
    storedColumn = UInt32(clamping: column)
    storedOffset = UInt32(clamping: offset)
  }

  /// The line, from 1.
  package var line: Int { Int(storedLine) }

  /// The column in Unicode scalars, from 1.
  package var column: Int { Int(storedColumn) }

  /// The offset in UTF-8 bytes, from 0.
  package var offset: Int { Int(storedOffset) }

  /// `LINE:COLUMN`.
  package var description: String { "\(line):\(column)" }

  package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
    left.storedOffset < right.storedOffset
  }
}

/// A stretch of a source text, from its first byte to one past its last.
package struct SourceRange: Sendable, Hashable {
  /// The position of the first byte.
  package let start: SourcePosition

  /// The position just past the last byte.
  package let end: SourcePosition

  /// Makes a range of two positions of one text.
  package init(start: SourcePosition, end: SourcePosition) {
    self.start = start
    self.end = end
  }
}
