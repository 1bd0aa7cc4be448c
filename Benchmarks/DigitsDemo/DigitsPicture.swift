/// A few digits side by side, drawn for a terminal, with what was read beneath each.
package struct DigitsPicture: CustomStringConvertible, Sendable {
  package var digits: DigitsData
  /// What a model read, one an image.
  package var predictions: [Int32]

  package init(_ digits: DigitsData, predictions: [Int32]) {
    precondition(predictions.count == digits.count, "one prediction an image")
    self.digits = digits
    self.predictions = predictions
  }

  private static let shades: [Character] = [" ", "░", "▒", "▓", "█"]
  private static let gap = "  "

  /// Eight lines of pixels, two columns wide each since a terminal's cells are tall, and a line of
  /// predictions; a wrong one also says what the image shows.
  package var description: String {
    var lines = (0..<DigitsData.imageSide).map { row in
      (0..<digits.count).map { pixels(ofRow: row, image: $0) }.joined(separator: Self.gap)
    }
    lines.append((0..<digits.count).map(caption).joined(separator: Self.gap))
    return lines.joined(separator: "\n")
  }

  private func pixels(ofRow row: Int, image: Int) -> String {
    let start = image * DigitsData.pixelCount + row * DigitsData.imageSide
    return digits.images[start..<start + DigitsData.imageSide].map { ink in
      let level = Int((ink * Float(Self.shades.count - 1)).rounded())
      return String(repeating: Self.shades[max(0, min(level, Self.shades.count - 1))], count: 2)
    }.joined()
  }

  /// The prediction, centred under its image.
  private func caption(image: Int) -> String {
    let right = predictions[image] == digits.labels[image]
    let text =
      right ? "\(predictions[image])" : "\(predictions[image]), not \(digits.labels[image])"
    let space = max(0, 2 * DigitsData.imageSide - text.count)
    return String(repeating: " ", count: space / 2) + text
      + String(repeating: " ", count: space - space / 2)
  }
}
