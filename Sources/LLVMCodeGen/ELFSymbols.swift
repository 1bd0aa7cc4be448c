/// The symbols of a relocatable 64-bit ELF object.
///
/// Format: System V ABI, "Object Files": the section header table, `.symtab` and its string table.
package struct ELFSymbols: Sendable, Equatable {
  /// Global functions and data that the object holds, in the order of its table.
  package private(set) var defined: [String] = []
  /// Names that the object refers to and somebody else must hold.
  package private(set) var undefined: [String] = []

  /// Reads the symbol table of an object.
  ///
  /// - Throws: `malformedObject` where the bytes are no 64-bit little-endian ELF file.
  /// - Complexity: O(sections + symbols)
  package init(of object: [UInt8]) throws(CodeGenError) {
    let file = ELFBytes(bytes: object)
    guard object.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) else {
      throw .malformedObject("not a 64-bit little-endian ELF file")
    }
    let sectionTable = try file.offset(at: 0x28)
    let sectionSize = try file.integer(at: 0x3a, as: UInt16.self)
    let sectionCount = try file.integer(at: 0x3c, as: UInt16.self)
    func section(_ index: Int) throws(CodeGenError) -> Int {
      guard index < sectionCount else { throw .malformedObject("section \(index) is missing") }
      return sectionTable + index * Int(sectionSize)
    }
    for index in 0..<Int(sectionCount) {
      let header = try section(index)
      guard try file.integer(at: header + 4, as: UInt32.self) == sectionTypeSymbols else {
        continue
      }
      let names = try file.offset(
        at: section(Int(file.integer(at: header + 0x28, as: UInt32.self))) + 0x18)
      let start = try file.offset(at: header + 0x18)
      let count = try file.offset(at: header + 0x20) / symbolSize
      for symbol in stride(from: start, to: start + count * symbolSize, by: symbolSize) {
        try read(symbol, names: names, from: file)
      }
    }
  }

  private mutating func read(
    _ symbol: Int, names: Int, from file: ELFBytes
  ) throws(CodeGenError) {
    let binding = try file.integer(at: symbol + 4, as: UInt8.self) >> 4
    if binding == bindingLocal { return }
    let name = try file.string(
      at: names + Int(file.integer(at: symbol, as: UInt32.self)))
    if try file.integer(at: symbol + 6, as: UInt16.self) == sectionUndefined {
      undefined.append(name)
    } else {
      defined.append(name)
    }
  }
}

private let sectionTypeSymbols: UInt32 = 2
private let symbolSize = 24
private let bindingLocal: UInt8 = 0
private let sectionUndefined: UInt16 = 0

/// Bounds-checked reads of little-endian fields.
private struct ELFBytes {
  let bytes: [UInt8]

  func integer<Value: FixedWidthInteger>(
    at offset: Int, as type: Value.Type
  ) throws(CodeGenError) -> Value {
    let size = MemoryLayout<Value>.size
    guard offset >= 0, offset <= bytes.count - size else {
      throw .malformedObject("it ends before byte \(offset)")
    }
    return bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | Value($1) }
  }

  /// A 64-bit field that holds a place or length in this file.
  func offset(at offset: Int) throws(CodeGenError) -> Int {
    let value = try integer(at: offset, as: UInt64.self)
    guard value <= bytes.count else {
      throw .malformedObject("byte \(offset) points outside of the file")
    }
    return Int(value)
  }

  /// A string that ends with a zero byte.
  func string(at offset: Int) throws(CodeGenError) -> String {
    guard offset < bytes.count, let end = bytes[offset...].firstIndex(of: 0) else {
      throw .malformedObject("the name at byte \(offset) has no end")
    }
    return String(decoding: bytes[offset..<end], as: UTF8.self)
  }
}
