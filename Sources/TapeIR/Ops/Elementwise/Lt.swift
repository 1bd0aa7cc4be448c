extension Op {
  /// Whether a is less than b; false with NaN.
  package static let lt = comparison("lt", .lt, summary: "elementwise a < b, as bool")
}
