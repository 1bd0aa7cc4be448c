import ScalarIR

extension Op {
  /// The position of the least element along an axis: of the first NaN if there is one, else of the
  /// first of equals.
  package static let argmin: Op = extremePosition(
    "argmin", summary: "position of the minimum along an axis; the first nan if any",
    identity: { .highest($0) }, precedes: .lt)
}
