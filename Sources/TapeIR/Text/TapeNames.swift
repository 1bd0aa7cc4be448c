import SExpression

/// The names that a tape's values have in its text: each its own.
package struct TapeNames {
  /// The name of each value.
  package private(set) var names: [String]

  private var taken: Set<String> = []

  package init(_ tape: Tape) {
    names = [String](repeating: "", count: tape.types.count)
    for (number, parameter) in tape.parameters.enumerated() {
      take(tape.names[parameter.index] ?? "p\(number)", for: parameter.index)
    }
    var resultNames: [Int: [String]] = [:]
    var resultValues: [String: Int] = [:]
    for result in tape.results where resultValues[result.name] == nil {
      resultValues[result.name] = result.value.index
      resultNames[result.value.index, default: []].append(result.name)
    }
    for index in names.indices where names[index].isEmpty {
      if let name = tape.names[index], resultValues[name, default: index] == index {
        take(name, for: index)
      }
      for name in resultNames[index] ?? [] where names[index].isEmpty { take(name, for: index) }
    }
    taken.formUnion(resultValues.keys)
    var number = 0
    for index in names.indices where names[index].isEmpty {
      while taken.contains("v\(number)") { number += 1 }
      take("v\(number)", for: index)
    }
  }

  /// Gives a value a name, where it is one and no other value has it.
  private mutating func take(_ name: String, for index: Int) {
    if TapeNames.isName(name), taken.insert(name).inserted { names[index] = name }
  }

  /// Whether the text form takes `text` for a name: a symbol that is no number and no affine size.
  static func isName(_ text: String) -> Bool {
    let start = text.utf8.drop { $0 == UInt8(ascii: "-") }.first ?? UInt8(ascii: "-")
    if UInt8(ascii: "0")...UInt8(ascii: "9") ~= start || text.isEmpty { return false }
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    if isPlain { return !["true", "false", "inf", "nan"].contains(text) }
    // The reader decides the rare cases, such as `a-b`, `-x` and what is no symbol at all.
    do throws(SourceError) {
      return try SExpressionReader.readOne(SourceText(text)).symbol == text
    } catch {
      return false
    }
  }
}
