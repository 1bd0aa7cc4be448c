extension Op {
  /// Whether the elements are equal; false with NaN.
  package static let eq = comparison("eq", .eq, summary: "elementwise a = b, as bool")
}
