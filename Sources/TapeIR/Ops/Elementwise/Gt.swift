extension Op {
  /// Whether a is greater than b; false with NaN.
  package static let gt = comparison("gt", .gt, summary: "elementwise a > b, as bool")
}
