extension Double {
  /// The number with so many digits after the point; meant for small, non-negative numbers.
  package func fixed(_ digits: Int) -> String {
    let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
    guard let units = Int(exactly: (self * scale).rounded()), units >= 0 else { return "\(self)" }
    if digits == 0 { return "\(units)" }
    let text = String(units)
    let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    return padded.dropLast(digits) + "." + padded.suffix(digits)
  }
}

extension CustomStringConvertible {
  /// The text, with spaces before it where it is shorter than `width`.
  package func padded(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - description.count)) + description
  }
}

extension Array where Element: Comparable {
  /// The middle element by size, the upper one of two; nil where there is none.
  package var median: Element? { isEmpty ? nil : sorted()[count / 2] }
}
