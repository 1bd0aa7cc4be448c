extension Op {
  /// Whether a is greater than or equal to b; false with NaN.
  package static let ge = comparison("ge", .ge, summary: "elementwise a ≥ b, as bool")
}
