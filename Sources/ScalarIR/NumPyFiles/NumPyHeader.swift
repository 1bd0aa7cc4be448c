/// What stands before the elements of a `.npy` file.
struct NumPyHeader: Hashable {
  var dtype: DType
  var isBigEndian = false
  /// Whether the first axis varies fastest.
  var isFortranOrder = false
  var sizes: [Int]
  /// Where the elements begin.
  var dataOffset = 0

  /// What every file begins with, before the two bytes of the version.
  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]

  /// The most axes of an array, as NumPy 2 has it.
  static let rankLimit = 64
}

// MARK: - Writing

extension NumPyHeader {
  /// The bytes of a header of version 1.0, padded with spaces so that the elements begin at a
  /// multiple of 64.
  var bytes: [UInt8] {
    let list = sizes.map(String.init).joined(separator: ", ") + (sizes.count == 1 ? "," : "")
    var text =
      "{'descr': '\(dtype.numPyDescription)', 'fortran_order': False, 'shape': (\(list)), }"
    let prefix = NumPyHeader.magic.count + 4
    let length = prefix + text.utf8.count + 1
    text += String(repeating: " ", count: (64 - length % 64) % 64) + "\n"
    let count = UInt16(text.utf8.count)
    return NumPyHeader.magic + [1, 0, UInt8(count & 0xFF), UInt8(count >> 8)] + Array(text.utf8)
  }
}

extension DType {
  /// How NumPy calls the type in little-endian order; `bf16` is two raw bytes to it.
  fileprivate var numPyDescription: String {
    switch self {
    case .bool: "|b1"
    case .i8: "|i1"
    case .u8: "|u1"
    case .bf16: "<V2"
    case .f64, .f32, .f16: "<f\(byteWidth)"
    case .i64, .i32, .i16: "<i\(byteWidth)"
    case .u64, .u32, .u16: "<u\(byteWidth)"
    }
  }

  /// The type that NumPy calls by a kind and a width in bytes, `f4`.
  fileprivate init?(numPyKind kind: Substring) {
    switch kind {
    case "f8": self = .f64
    case "f4": self = .f32
    case "f2": self = .f16
    case "V2": self = .bf16
    case "i8": self = .i64
    case "i4": self = .i32
    case "i2": self = .i16
    case "i1": self = .i8
    case "u8": self = .u64
    case "u4": self = .u32
    case "u2": self = .u16
    case "u1": self = .u8
    case "b1": self = .bool
    default: return nil
    }
  }
}

// MARK: - Reading

extension NumPyHeader {
  /// Reads the header of a file of version 1, 2 or 3.
  init(reading file: [UInt8]) throws(NumPyFileError) {
    guard file.starts(with: NumPyHeader.magic) else {
      throw NumPyFileError(
        "no .npy file", at: 0, expected: #"\x93NUMPY"#,
        found: file.isEmpty ? "no bytes" : "other bytes")
    }
    guard file.count >= 8 else {
      throw NumPyFileError(
        "the file ends early", at: file.count, expected: "a version", found: "the end")
    }
    let version = file[6]
    guard 1...3 ~= version else {
      throw NumPyFileError(
        "unknown version", at: 6, expected: "1, 2 or 3", found: "\(version).\(file[7])")
    }
    let start = version == 1 ? 10 : 12
    guard file.count >= start else {
      throw NumPyFileError(
        "the file ends early", at: file.count, expected: "the header's length", found: "the end")
    }
    let length = file[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= file.count - start else {
      throw NumPyFileError(
        "the file ends early", at: file.count, expected: "a header of \(length) bytes",
        found: "\(file.count - start)")
    }
    var reader = NumPyHeaderReader(file: file, range: start..<(start + length))
    self = try reader.header()
    dataOffset = start + length
  }
}

/// Reads the header's text: a Python dictionary of three entries in any order.
private struct NumPyHeaderReader {
  let file: [UInt8]
  let range: Range<Int>
  private var index: Int

  init(file: [UInt8], range: Range<Int>) {
    self.file = file
    self.range = range
    index = range.lowerBound
  }

  mutating func header() throws(NumPyFileError) -> NumPyHeader {
    var element: (dtype: DType, isBigEndian: Bool)?
    var isFortranOrder: Bool?
    var sizes: [Int]?
    try expect("{")
    while try !take("}") {
      let place = index
      let key = try string()
      try expect(":")
      let isNew: Bool
      switch key {
      case "descr":
        isNew = element == nil
        element = try elementType()
      case "fortran_order":
        isNew = isFortranOrder == nil
        isFortranOrder = try boolean()
      case "shape":
        isNew = sizes == nil
        sizes = try shape()
      default:
        throw NumPyFileError(
          "unknown entry of the header", at: place, expected: "descr, fortran_order or shape",
          found: "'\(key)'")
      }
      if !isNew {
        throw NumPyFileError(
          "an entry of the header stands twice", at: place, expected: "each entry once",
          found: "'\(key)'")
      }
      if try !take(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard index == range.upperBound else { throw error("the header goes on", expected: "its end") }
    guard let element, let isFortranOrder, let sizes else {
      throw NumPyFileError(
        "an entry of the header is missing", at: range.lowerBound,
        expected: "descr, fortran_order and shape",
        found: element == nil ? "no descr" : sizes == nil ? "no shape" : "no fortran_order")
    }
    return NumPyHeader(
      dtype: element.dtype, isBigEndian: element.isBigEndian, isFortranOrder: isFortranOrder,
      sizes: sizes)
  }

  private mutating func elementType() throws(NumPyFileError) -> (dtype: DType, isBigEndian: Bool) {
    skipSpace()
    let place = index
    guard peek == UInt8(ascii: "'") || peek == UInt8(ascii: "\"") else {
      throw error("no plain element type", expected: "a type such as '<f4'")
    }
    let text = try string()
    let order = text.first.flatMap { "<>|=".contains($0) ? $0 : nil }
    guard let dtype = DType(numPyKind: text.dropFirst(order == nil ? 0 : 1)) else {
      throw NumPyFileError(
        "unknown element type", at: place,
        expected: "f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1 or V2 (bf16) after a byte order",
        found: "'\(text)'")
    }
    return (dtype, order == ">")
  }

  private mutating func boolean() throws(NumPyFileError) -> Bool {
    if try take("True") { return true }
    if try take("False") { return false }
    throw error("no truth value", expected: "True or False")
  }

  /// A tuple of sizes; Python 2 wrote an `L` after long ones.
  private mutating func shape() throws(NumPyFileError) -> [Int] {
    try expect("(")
    var sizes: [Int] = []
    while try !take(")") {
      sizes.append(try size())
      if sizes.count > NumPyHeader.rankLimit {
        throw error("too many axes", expected: "at most \(NumPyHeader.rankLimit)")
      }
      if try !take(",") {
        guard sizes.count > 1 else {
          throw error("a size that is no tuple", expected: "',' after the only size")
        }
        try expect(")")
        break
      }
    }
    return sizes
  }

  private mutating func size() throws(NumPyFileError) -> Int {
    skipSpace()
    var digits = ""
    let place = index
    while let byte = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte {
      digits.unicodeScalars.append(Unicode.Scalar(byte))
      index += 1
    }
    guard !digits.isEmpty else { throw error("no size", expected: "a number that is not negative") }
    guard let size = Int(digits), size <= Dim.limit else {
      throw NumPyFileError(
        "a size beyond any memory", at: place, expected: "at most \(Dim.limit)", found: digits)
    }
    if peek == UInt8(ascii: "L") { index += 1 }
    return size
  }

  private mutating func string() throws(NumPyFileError) -> String {
    skipSpace()
    guard let quote = peek, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw error("no string", expected: "a quoted string")
    }
    let start = index + 1
    guard let end = file[start..<range.upperBound].firstIndex(of: quote) else {
      throw error("a string without an end", expected: "a closing quote")
    }
    index = end + 1
    return NumPyHeaderReader.printable(file[start..<end].prefix(40))
  }

  // MARK: Bytes

  /// The bytes as text on one line; those that are no printable ASCII as `\xFF`.
  private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
    bytes.map { byte in
      0x20..<0x7F ~= byte
        ? String(Unicode.Scalar(byte)) : "\\x" + String(byte, radix: 16, uppercase: true)
    }.joined()
  }

  private var peek: UInt8? { index < range.upperBound ? file[index] : nil }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || 0x09...0x0D ~= byte { index += 1 }
  }

  /// Goes past a word where it stands next.
  private mutating func take(_ word: StaticString) throws(NumPyFileError) -> Bool {
    skipSpace()
    guard index < range.upperBound else {
      throw error("the header ends early", expected: "'\(word)'")
    }
    let isNext = word.withUTF8Buffer { file[index..<range.upperBound].starts(with: $0) }
    if isNext { index += word.utf8CodeUnitCount }
    return isNext
  }

  private mutating func expect(_ word: StaticString) throws(NumPyFileError) {
    guard try take(word) else { throw error("malformed header", expected: "'\(word)'") }
  }

  private func error(_ message: String, expected: String) -> NumPyFileError {
    let rest = file[index..<range.upperBound].prefix(12)
    return NumPyFileError(
      message, at: index, expected: expected,
      found: rest.isEmpty ? "the end" : "'\(NumPyHeaderReader.printable(rest))'")
  }
}
