/// The elements of two lists side by side, as a binding of names to values wants them.
///
/// - Throws: `SourceError`, "dimension mismatch", at `position` where the lengths differ.
package func pairwise(
  _ left: [SExpression], _ right: [SExpression], at position: SourcePosition, in file: String
) throws(SourceError) -> [(SExpression, SExpression)] {
  guard left.count == right.count else {
    throw SourceError(
      file: file, position: position, message: "dimension mismatch",
      expected: left.count == 1 ? "a list of 1" : "a list of \(left.count)",
      found: "a list of \(right.count)")
  }
  return Array(zip(left, right))
}
