import Glibc

/// Why a file of digits could not be used.
package enum DigitsFileError: Error, Equatable, CustomStringConvertible {
  case unreadable(path: String, reason: String)
  case malformed(path: String, line: Int, column: Int, expected: String, found: String)

  package var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path): error: cannot read the digits: \(reason)"
    case .malformed(let path, let line, let column, let expected, let found):
      "\(path):\(line):\(column): error: expected \(expected), found \(found)"
    }
  }
}

extension DigitsData {
  /// The file that this repository holds, as long as it lies where it was built.
  package static var repositoryFile: String {
    let here = #filePath
    return here[..<(here.lastIndex(of: "/") ?? here.startIndex)] + "/Data/digits.csv"
  }

  /// Reads a file of lines `pixel,…,pixel,digit`: 64 pixels from 0 to 16 and a digit from 0 to 9.
  package init(contentsOf path: String) throws(DigitsFileError) {
    try self.init(parsing: try Self.bytes(of: path), path: path)
  }

  /// Parses what `init(contentsOf:)` reads; `path` stands in error messages.
  package init(parsing bytes: [UInt8], path: String) throws(DigitsFileError) {
    var images: [Float] = []
    var labels: [Int32] = []
    var parser = DigitsParser(bytes: bytes, path: path)
    while !parser.atEnd {
      for _ in 0..<Self.pixelCount {
        let pixel = try parser.number(upTo: 16, what: "a pixel from 0 to 16")
        images.append(Float(pixel) / 16)
        try parser.skip(UInt8(ascii: ","), what: "a comma (64 pixels and a digit make a line)")
      }
      labels.append(Int32(try parser.number(upTo: 9, what: "a digit from 0 to 9")))
      if !parser.atEnd {
        try parser.skip(UInt8(ascii: "\n"), what: "the end of the line")
      }
    }
    if labels.isEmpty {
      throw .malformed(
        path: path, line: 1, column: 1, expected: "at least one image", found: "an empty file")
    }
    self.init(images: images, labels: labels)
  }

  private static func bytes(of path: String) throws(DigitsFileError) -> [UInt8] {
    func failure() -> DigitsFileError {
      .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    guard let file = fopen(path, "rb") else { throw failure() }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { break }
      bytes.append(contentsOf: chunk[..<count])
    }
    if ferror(file) != 0 { throw failure() }
    return bytes
  }
}

/// A position in a file of digits.
private struct DigitsParser {
  let bytes: [UInt8]
  let path: String
  var index = 0
  var line = 1
  var lineStart = 0

  init(bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  var atEnd: Bool { index == bytes.count }

  mutating func number(upTo limit: Int, what: String) throws(DigitsFileError) -> Int {
    let start = index
    var value = 0
    while index < bytes.count, bytes[index] >= 48, bytes[index] <= 57, value <= limit {
      value = value * 10 + Int(bytes[index] - 48)
      index += 1
    }
    if index == start { throw failure(expected: what) }
    if value > limit {
      index = start
      throw failure(expected: what)
    }
    return value
  }

  mutating func skip(_ byte: UInt8, what: String) throws(DigitsFileError) {
    guard index < bytes.count, bytes[index] == byte else { throw failure(expected: what) }
    index += 1
    if byte == UInt8(ascii: "\n") {
      line += 1
      lineStart = index
    }
  }

  /// The error that something else stands at the position: the rest of its field, at most 12 bytes.
  private func failure(expected: String) -> DigitsFileError {
    var found = "the end of the file"
    if !atEnd {
      let rest = bytes[index...].prefix(12).prefix { $0 != UInt8(ascii: "\n") }
      let field = rest.first == UInt8(ascii: ",") ? rest.prefix(1) : rest.prefix { $0 != 44 }
      found = rest.isEmpty ? "the end of the line" : "'\(String(decoding: field, as: UTF8.self))'"
    }
    return .malformed(
      path: path, line: line, column: index - lineStart + 1, expected: expected, found: found)
  }
}
