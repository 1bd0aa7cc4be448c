import ScalarIR

/// An array laid out in brackets, one row a line, as NumPy prints it: lines of at most 75 characters,
/// and of arrays with more than 1,000 elements three at each end of each axis.
struct ArrayText {
  private let sizes: [Int]
  private let strides: [Int]
  private let element: (Int) -> ScalarValue
  private let isElided: Bool
  private let format: ElementFormat

  private static let lineWidth = 75
  private static let elisionThreshold = 1000
  private static let edgeCount = 3

  /// - Parameter element: the element at a row-major position.
  init(sizes: [Int], element: @escaping (Int) -> ScalarValue) {
    self.sizes = sizes
    self.element = element
    let strides = sizes.indices.map { sizes[($0 + 1)...].reduce(1, *) }
    let isElided = sizes.reduce(1, *) > ArrayText.elisionThreshold
    self.strides = strides
    self.isElided = isElided
    var positions = [0]
    for (size, stride) in zip(sizes, strides) {
      let shown = ArrayText.shown(size, isElided)
      positions = positions.flatMap { position in
        shown.compactMap { $0.map { position + $0 * stride } }
      }
    }
    format = ElementFormat(positions.map(element))
  }

  /// The positions along an axis that are shown; nil for what is left out.
  private static func shown(_ size: Int, _ isElided: Bool) -> [Int?] {
    guard isElided, size > 2 * edgeCount else { return Array(0..<size) }
    return Array(0..<edgeCount) + [nil] + Array(size - edgeCount..<size)
  }

  var text: String {
    if sizes.contains(0) { return "[]" }
    return sizes.isEmpty ? ElementFormat.scalarText(element(0)) : text(axis: 0, at: 0)
  }

  /// The part of the array that starts at `position` and has the axes from `axis` on.
  private func text(axis: Int, at position: Int) -> String {
    let indent = String(repeating: " ", count: axis + 1)
    let items = ArrayText.shown(sizes[axis], isElided).map { number in
      number.map { position + $0 * strides[axis] }
    }
    if axis == sizes.count - 1 {
      let words = items.map { $0.map { format.text(element($0)) } ?? "..." }
      return "[" + wrapped(words, indent, width: ArrayText.lineWidth - axis - 1) + "]"
    }
    let parts = items.map { $0.map { text(axis: axis + 1, at: $0) } ?? "..." }
    let separator = String(repeating: "\n", count: sizes.count - axis - 1) + indent
    return "[" + parts.joined(separator: separator) + "]"
  }

  /// Words in lines that end before `width`; all lines but the first are indented.
  private func wrapped(_ words: [String], _ indent: String, width: Int) -> String {
    var lines: [String] = []
    var line = indent
    for (number, word) in words.enumerated() {
      if number > 0 { line += " " }
      if line.count + word.count > width, line.count > indent.count {
        lines.append(line)
        line = indent
      }
      line += word
    }
    lines.append(line)
    let trimmed = lines.enumerated().map { number, line in
      number == lines.count - 1 ? line : line.withoutTrailingSpaces
    }
    return String(trimmed.joined(separator: "\n").dropFirst(indent.count))
  }
}

extension String {
  fileprivate var withoutTrailingSpaces: String {
    String(reversed().drop { $0 == " " }.reversed())
  }
}
