extension Int {
  /// The value of an integer as the text form writes it, `12`, `-3` or `0xFF`, where it fits.
  package init?(integerText text: String) {
    let isNegative = text.utf8.first == UInt8(ascii: "-")
    let magnitude = isNegative ? text.dropFirst() : text[...]
    let value: Int?
    if magnitude.hasPrefix("0x") {
      let digits = magnitude.dropFirst(2)
      value = Int(isNegative ? "-\(digits)" : String(digits), radix: 16)
    } else {
      value = Int(text)
    }
    guard let value else { return nil }
    self = value
  }
}
