extension Op {
  /// Whether a is less than or equal to b; false with NaN.
  package static let le = comparison("le", .le, summary: "elementwise a ≤ b, as bool")
}
