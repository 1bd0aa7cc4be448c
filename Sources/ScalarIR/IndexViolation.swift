/// An index that an op was given and that its operand does not have.
package struct IndexViolation: Hashable, Sendable {
  /// The op's name.
  package let op: String
  /// The offending index, in decimal.
  package let index: String
  /// Where it stands among the op's indices.
  package let position: [Int]
  /// The greatest index that would do; negative where there is none.
  package let limit: Int

  package init(op: String, index: String, position: [Int], limit: Int) {
    self.op = op
    self.index = index
    self.position = position
    self.limit = limit
  }
}

extension IndexViolation: CustomStringConvertible {
  package var description: String {
    let place =
      position.isEmpty
      ? "" : " at position [\(position.map(String.init).joined(separator: " "))] of its indices"
    let expected = limit < 0 ? "where no index is" : "expected one in 0 ... \(limit)"
    return "\(op): index \(index)\(place) is out of bounds, \(expected)"
  }
}

extension IndexViolation {
  /// The violation that a check has found: the row-major position of an index among those of the
  /// given sizes.
  ///
  /// - Parameters:
  ///   - vectorAxis: the axis along which the indices of one window stand; nil where a window has
  ///     one.
  ///   - limits: the greatest index that would do, for each position along that axis.
  package init(
    op: String, index: String, at flatPosition: Int, of sizes: [Int], vectorAxis: Int?,
    limits: [Int]
  ) {
    var position: [Int] = []
    var rest = flatPosition
    for size in sizes.reversed() {
      position.append(rest % max(1, size))
      rest /= max(1, size)
    }
    position.reverse()
    let component = vectorAxis.map { position[$0] } ?? 0
    self.init(
      op: op, index: index, position: position,
      limit: limits.indices.contains(component) ? limits[component] : -1)
  }
}
