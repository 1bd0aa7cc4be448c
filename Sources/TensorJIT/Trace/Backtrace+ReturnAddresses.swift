internal import Runtime

// Swift's module of backtraces finds the files and lines of addresses, but makes a backtrace only of
// the stack, whose frame pointers it trusts, or of a coded one. So addresses are coded here: as the
// compact format says (docs/CompactBacktraceFormat.md of Swift's repository), in base 64.

extension Backtrace {
  /// A backtrace of these addresses, innermost first; nil where Swift's module does not take it.
  init?(returnAddresses: [UInt]) {
    // Version 0 of the format, and words of 64 bits.
    var bytes: [UInt8] = [0b10]
    for address in returnAddresses {
      // A return address, absolute, in 8 bytes.
      bytes.append(0b0010_1111)
      withUnsafeBytes(of: UInt64(address).bigEndian) { bytes += $0 }
    }
    bytes.append(0)
    #if arch(arm64)
      let architecture = "arm64"
    #else
      let architecture = "x86_64"
    #endif
    let coded = CodedFields(["architecture": architecture, "backtrace": bytes.base64])
    guard let backtrace = try? Backtrace(from: coded) else { return nil }
    self = backtrace
  }
}

/// Texts by name, as a decoder.
private struct CodedFields: Decoder {
  let fields: [String: String]

  init(_ fields: [String: String]) { self.fields = fields }

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Container(fields: fields))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw CodedFields.notThere }
  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    throw CodedFields.notThere
  }

  /// The error for all but texts.
  static let notThere = DecodingError.valueNotFound(
    String.self, .init(codingPath: [], debugDescription: "there are texts only"))

  private struct Container<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let fields: [String: String]

    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { fields.keys.compactMap(Key.init) }

    func contains(_ key: Key) -> Bool { fields[key.stringValue] != nil }
    func decodeNil(forKey key: Key) -> Bool { !contains(key) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
      guard let value = fields[key.stringValue] as? Value else { throw notThere }
      return value
    }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw notThere }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
      throw notThere
    }

    func superDecoder() throws -> any Decoder { throw notThere }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw notThere }
  }
}

extension [UInt8] {
  /// The bytes as text in base 64 (RFC 4648).
  fileprivate var base64: String {
    let digits = [UInt8](
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: count, by: 3) {
      let group = self[start..<Swift.min(start + 3, count)]
      var bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      var letters = [UInt8](repeating: UInt8(ascii: "="), count: 4)
      for position in (0..<4).reversed() {
        if position <= group.count { letters[position] = digits[bits & 63] }
        bits >>= 6
      }
      text += letters
    }
    return String(decoding: text, as: UTF8.self)
  }
}
