/// A kernel's entry as its PTX says it: what a machine that runs PTX needs.
package struct PTXEntry {
  /// An operand of an instruction.
  package indirect enum Operand: Hashable {
    case register(Int)
    case immediate(UInt64)
    case special(String)
    /// A label, a parameter or an array, and a distance from it.
    case symbol(String)
    case address(Operand, offset: Int)
    case list([Operand])
  }

  struct Instruction {
    let guardRegister: Int?
    let isNegated: Bool
    /// The opcode's parts: `add`, `rn`, `f32`.
    let opcode: [String]
    let operands: [Operand]
    let text: String
  }

  package let name: String
  private(set) var parameters: [String] = []
  private(set) var instructions: [Instruction] = []
  private(set) var labels: [String: Int] = [:]
  private(set) var registerCount = 0
  private(set) var localBytes = 0
  private(set) var sharedBytes = 0
  private var registers: [String: Int] = [:]

  package struct Failure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
  }

  /// The entry `name` of a module's text.
  package init(_ name: String, in text: String) throws {
    self.name = name
    var isInside = false
    for line in text.split(separator: "\n") {
      let code = (line.split(separator: "//", omittingEmptySubsequences: false).first ?? "")
        .trimmed
      if code.isEmpty { continue }
      if code.contains(".shared .align"), let size = code.bracketed, let bytes = Int(size),
        code.contains("\(name)_shared[")
      {
        sharedBytes = bytes
      }
      if code.contains(".entry \(name)(") {
        isInside = true
        continue
      }
      guard isInside else { continue }
      if code == "}" { return }
      if code.hasPrefix(".param") {
        parameters.append(code.split(separator: " ").last.map { $0.trimmed(of: ",") } ?? "")
      } else if code.hasPrefix(".local"), let size = code.bracketed, let bytes = Int(size) {
        localBytes = bytes
      } else if code.hasPrefix("{ .reg") {
        // A move of a part, whose other parts go to a register of the braces' own.
        let inner = code.split(separator: ";").map { $0.trimmed }
        if inner.count > 1 { try append(inner[1]) }
      } else if code.hasSuffix(":") {
        labels[String(code.dropLast())] = instructions.count
      } else if code.hasSuffix(";"), !code.hasPrefix(".") {
        try append(String(code.dropLast()))
      }
    }
    if !isInside { throw Failure("no entry \(name)") }
  }

  private mutating func append(_ text: String) throws {
    var rest = text[...]
    var guardRegister: Int?
    var isNegated = false
    if rest.hasPrefix("@") {
      let word = rest.prefix { $0 != " " && $0 != "\t" }
      rest = rest.dropFirst(word.count)
      isNegated = word.hasPrefix("@!")
      guardRegister = register(String(word.dropFirst(isNegated ? 2 : 1)))
    }
    let trimmed = String(rest).trimmed
    let opcode = trimmed.prefix { $0 != " " && $0 != "\t" }
    var operands: [Operand] = []
    for part in split(String(trimmed.dropFirst(opcode.count)).trimmed) {
      operands.append(try operand(part))
    }
    instructions.append(
      Instruction(
        guardRegister: guardRegister, isNegated: isNegated,
        opcode: opcode.split(separator: ".").map(String.init), operands: operands, text: text))
  }

  /// Operands set apart by commas outside of brackets.
  private func split(_ text: String) -> [String] {
    var parts: [String] = []
    var current = ""
    var depth = 0
    for character in text {
      if character == "{" || character == "[" { depth += 1 }
      if character == "}" || character == "]" { depth -= 1 }
      if character == ",", depth == 0 {
        parts.append(current.trimmed)
        current = ""
      } else {
        current.append(character)
      }
    }
    if !current.trimmed.isEmpty { parts.append(current.trimmed) }
    return parts
  }

  private mutating func register(_ name: String) -> Int {
    if let known = registers[name] { return known }
    registers[name] = registerCount
    registerCount += 1
    return registerCount - 1
  }

  private mutating func operand(_ text: String) throws -> Operand {
    if text.hasPrefix("{") {
      var parts: [Operand] = []
      for part in split(String(text.dropFirst().dropLast())) { parts.append(try operand(part)) }
      return .list(parts)
    }
    if text.hasPrefix("[") {
      let inner = String(text.dropFirst().dropLast())
      let parts = inner.split(separator: "+", maxSplits: 1).map(String.init)
      let offset = parts.count == 2 ? Int(parts[1]) : 0
      guard let offset else { throw Failure("address \(text)") }
      return .address(try operand(parts[0]), offset: offset)
    }
    if text.hasPrefix("%") {
      let specials = ["%tid", "%ntid", "%ctaid", "%nctaid"]
      if specials.contains(where: { text.hasPrefix($0 + ".") }) { return .special(text) }
      return .register(register(text))
    }
    if text.hasPrefix("0f"), let bits = UInt64(text.dropFirst(2), radix: 16) {
      return .immediate(bits)
    }
    if text.hasPrefix("0d"), let bits = UInt64(text.dropFirst(2), radix: 16) {
      return .immediate(bits)
    }
    if text.hasPrefix("0x"), let bits = UInt64(text.dropFirst(2), radix: 16) {
      return .immediate(bits)
    }
    if let value = Int64(text) { return .immediate(UInt64(bitPattern: value)) }
    if let value = UInt64(text) { return .immediate(value) }
    return .symbol(text)
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }

  /// What stands in the first square brackets.
  fileprivate var bracketed: String? {
    guard let start = firstIndex(of: "["), let end = firstIndex(of: "]"), start < end else {
      return nil
    }
    return String(self[index(after: start)..<end])
  }
}

extension Substring {
  fileprivate var trimmed: String { String(self).trimmed }
  fileprivate func trimmed(of character: Character) -> String {
    String(self.filter { $0 != character })
  }
}
