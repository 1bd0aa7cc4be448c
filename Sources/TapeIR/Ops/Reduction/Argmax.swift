import ScalarIR

extension Op {
  /// The position of the greatest element along an axis: of the first NaN if there is one, else of
  /// the first of equals.
  package static let argmax: Op = extremePosition(
    "argmax", summary: "position of the maximum along an axis; the first nan if any",
    identity: { .lowest($0) }, precedes: .gt)
}
