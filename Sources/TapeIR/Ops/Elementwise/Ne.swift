extension Op {
  /// Whether the elements differ; NaN differs from everything.
  package static let ne = comparison("ne", .ne, summary: "elementwise a ≠ b, as bool")
}
