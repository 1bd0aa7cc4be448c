/// Where a node comes from, so that an error, a NaN or a profile line can name what the user wrote.
package struct Provenance: Hashable, Sendable {
  /// A place in a source file; lines and columns count from 1.
  package struct Location: Hashable, Sendable {
    package let file: String
    package let line: Int
    package let column: Int

    package init(file: String, line: Int, column: Int) {
      self.file = file
      self.line = line
      self.column = column
    }
  }

  /// The place where the op was written, where that is known.
  package var location: Location?
  /// What the node was made from: the name of an op, or of a binding.
  package var origin: String?

  package init(location: Location? = nil, origin: String? = nil) {
    self.location = location
    self.origin = origin
  }

  package static let unknown = Provenance()
}

extension Provenance: CustomStringConvertible {
  package var description: String {
    let place = location.map { "\($0.file):\($0.line):\($0.column)" }
    return [origin, place].compactMap { $0 }.joined(separator: " at ")
  }
}
