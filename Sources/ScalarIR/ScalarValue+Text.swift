extension ScalarValue: CustomStringConvertible {
  /// The shortest text that reads back as the same value of the same type: `1`, `2.5`, `1e20`,
  /// `-inf`, `nan`, `true`.
  package var description: String {
    switch dtype {
    case .bool: bits == 0 ? "false" : "true"
    case .i64, .i32, .i16, .i8: String(signedInteger)
    case .u64, .u32, .u16, .u8: String(bits)
    case .f64: ScalarValue.text(Double(bitPattern: bits))
    case .f32: ScalarValue.text(Float(bitPattern: UInt32(bits)))
    case .f16: ScalarValue.text(Float16(bitPattern: UInt16(bits)))
    case .bf16: ScalarValue.text(Float(bitPattern: UInt32(bits) << 16))
    }
  }

  /// Swift prints the shortest decimal that reads back; the text form has no `+` and writes whole
  /// numbers without a fraction.
  private static func text<F: BinaryFloatingPoint & CustomStringConvertible>(_ value: F) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    var text = value.description
    if text.hasSuffix(".0") { text.removeLast(2) }
    text.removeAll { $0 == "+" }
    return text == "-0" ? "-0.0" : text
  }
}

extension Literal: CustomStringConvertible {
  /// The value as the text form writes it: a scalar, also for a splat, or nested lists.
  package var description: String {
    splatValue?.description ?? listText
  }

  /// The value as nested lists, a scalar only where there are no axes.
  package var listText: String {
    var text = ""
    var position = 0
    write(axis: 0, &position, to: &text)
    return text
  }

  private func write(axis: Int, _ position: inout Int, to text: inout String) {
    if axis == sizes.count {
      text += self[position].description
      position += 1
      return
    }
    text += "["
    for entry in 0..<sizes[axis] {
      if entry > 0 { text += " " }
      write(axis: axis + 1, &position, to: &text)
    }
    text += "]"
  }

  /// The lists and elements of the text of an array of some sizes; nil beyond any memory. An array
  /// without elements may have any number of lists.
  package static func textParts(sizes: [Int]) -> Int? {
    var (parts, lists) = (1, 1)
    for size in sizes {
      let (next, overflows) = lists.multipliedReportingOverflow(by: size)
      guard !overflows, next < 1 << 60 else { return nil }
      lists = next
      parts += next
    }
    return parts
  }
}
