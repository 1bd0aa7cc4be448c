/// What a run of symbol characters is.
enum Atom {
  case name
  /// A size such as `2*B+1`, which begins like a number.
  case affine
  case integer
  case float
  case boolean(Bool)
}

extension Reader {
  /// Tells numbers from names.
  ///
  ///     integer := -? digit+ | -? 0x hexdigit+
  ///     float   := -? digit+ (. digit+)? (e -? digit+)?         with at least one of the two
  ///              | -? 0x hexdigit+ (. hexdigit+)? p -? digit+
  ///              | inf | -inf | nan
  ///
  /// What begins like a number must be one, or an affine size.
  func classify(_ range: Range<Int>, at start: SourcePosition) throws(SourceError) -> Atom {
    switch bytes[range.lowerBound] {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."):
      break
    case UInt8(ascii: "t") where matches(range, "true"): return .boolean(true)
    case UInt8(ascii: "f") where matches(range, "false"): return .boolean(false)
    case UInt8(ascii: "i") where matches(range, "inf"): return .float
    case UInt8(ascii: "n") where matches(range, "nan"): return .float
    default: return .name
    }
    if matches(range, "-inf") { return .float }

    var scanner = AtomScanner(bytes: bytes, range: range)
    if scanner.take("+") {
      if scanner.isNumberAhead || scanner.isSpecialAhead {
        throw malformed(range, at: start, because: "a number without '+'")
      }
      return .name
    }
    let isNegative = scanner.take("-")
    if isNegative, scanner.isNaNAhead {
      throw malformed(range, at: start, because: "nan without a sign")
    }
    guard scanner.isNumberAhead else { return .name }
    guard range.count <= SExpressionReader.numberLengthLimit else {
      throw error(
        "a number of \(range.count) characters", at: start,
        expected: "at most \(SExpressionReader.numberLengthLimit)")
    }
    let unsigned = scanner
    if let number = scanner.takeNumber(), scanner.isAtEnd { return number }
    var affine = unsigned
    if affine.takeAffine() { return .affine }
    throw malformed(range, at: start, because: unsigned.expectation)
  }

  private func malformed(
    _ range: Range<Int>, at start: SourcePosition, because expectation: String
  ) -> SourceError {
    error(
      "malformed number", at: start, expected: expectation,
      found: shortened(String(decoding: bytes[range], as: UTF8.self)))
  }

  private func matches(_ range: Range<Int>, _ word: StaticString) -> Bool {
    range.count == word.utf8CodeUnitCount
      && word.withUTF8Buffer { bytes[range].elementsEqual($0) }
  }
}

/// A cursor over the characters of one atom.
private struct AtomScanner {
  let bytes: [UInt8]
  var index: Int
  let end: Int

  init(bytes: [UInt8], range: Range<Int>) {
    self.bytes = bytes
    index = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { index == end }

  /// Whether what follows begins like a number: a digit, or a point before one.
  var isNumberAhead: Bool {
    guard index < end else { return false }
    if isDigit(bytes[index]) { return true }
    return bytes[index] == UInt8(ascii: ".") && index + 1 < end && isDigit(bytes[index + 1])
  }

  var isNaNAhead: Bool { bytes[index..<end].elementsEqual("nan".utf8) }

  var isSpecialAhead: Bool { isNaNAhead || bytes[index..<end].elementsEqual("inf".utf8) }

  /// What a number that begins here must look like, for messages.
  var expectation: String {
    var scanner = self
    if bytes[index] == UInt8(ascii: ".") { return "digits on both sides of '.'" }
    let isHexadecimal = scanner.take("0") && scanner.take("x")
    if !isHexadecimal { scanner = self }
    let isMantissaDigit = isHexadecimal ? isHexDigit : isDigit
    guard scanner.takeRun(isMantissaDigit) else { return "hexadecimal digits after 0x" }
    if scanner.take("."), !scanner.takeRun(isMantissaDigit) { return "digits on both sides of '.'" }
    if scanner.take(isHexadecimal ? "p" : "e") {
      if scanner.take("+") { return "an exponent without '+'" }
      _ = scanner.take("-")
      if !scanner.takeRun(isDigit) { return "digits after the exponent's letter" }
    }
    return isHexadecimal
      ? "a number such as 0xFF or 0x1.8p3" : "a number such as 1, -2, 0xFF or 1.5e-3"
  }

  /// Takes one character where it is the given one.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard index < end, bytes[index] == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  /// Takes one or more characters.
  mutating func takeRun(_ accepts: (UInt8) -> Bool) -> Bool {
    let start = index
    while index < end, accepts(bytes[index]) { index += 1 }
    return index > start
  }

  /// Takes an unsigned number, as far as one goes.
  mutating func takeNumber() -> Atom? {
    let start = index
    if take("0"), take("x") {
      guard takeRun(isHexDigit) else { return nil }
      let hasFraction = take(".")
      if hasFraction, !takeRun(isHexDigit) { return nil }
      guard take("p") else { return hasFraction ? nil : .integer }
      _ = take("-")
      return takeRun(isDigit) ? .float : nil
    }
    index = start
    guard takeRun(isDigit) else { return nil }
    var kind = Atom.integer
    if take(".") {
      guard takeRun(isDigit) else { return nil }
      kind = .float
    }
    if take("e") {
      _ = take("-")
      guard takeRun(isDigit) else { return nil }
      kind = .float
    }
    return kind
  }

  /// Takes the whole atom as products of digits and names, joined by `+` and `-`, with a name.
  mutating func takeAffine() -> Bool {
    var hasName = false
    repeat {
      if !takeRun(isDigit) {
        guard index < end, isLetter(bytes[index]) else { return false }
        hasName = takeRun { isLetter($0) || isDigit($0) }
      }
    } while take("*") || take("+") || take("-")
    return hasName && isAtEnd
  }
}

/// Whether a byte is a decimal digit.
private func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

/// Whether a byte may begin the name of a size.
private func isLetter(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "_"):
    true
  default: false
  }
}

/// Whether a byte is a hexadecimal digit of either case.
func isHexDigit(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
    UInt8(ascii: "A")...UInt8(ascii: "F"):
    true
  default: false
  }
}
