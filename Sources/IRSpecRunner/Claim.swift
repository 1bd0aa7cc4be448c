import SExpression
import ScalarIR

/// What a `run`, a `fails` or a `grad` says: a tape, its arguments, and what comes of them.
///
///     (TAPE ARGUMENT…) == VALUE…
///     (TAPE ARGUMENT…) ~ VALUE… [:rtol NUMBER] [:atol NUMBER]
///
/// A `grad` may also say `:order 2`, and `:differences false`.
struct Claim {
  /// The form `(TAPE ARGUMENT…)`.
  let call: SExpression
  let tapeName: String
  let arguments: [SExpression]
  let values: [SExpression]
  let tolerance: Tolerance?
  /// 2 where a `grad` speaks of the gradient of all gradients' sum, else 1.
  let order: Int
  /// Whether a `grad` is also held against finite differences.
  let checksDifferences: Bool

  /// How far a value may be from what is written: `absolute + relative · |written|`.
  struct Tolerance: Hashable {
    var relative = 1e-6
    var absolute = 1e-6
  }

  /// - Throws: `SourceError` where the directive says nothing of the kind.
  init(_ directive: Directive, file: String) throws(SourceError) {
    let elements = try SExpressionReader.readAll(
      SourceText(name: file, directive.paddedText))
    func error(_ message: String, _ expected: String, _ found: SExpression?) -> SourceError {
      SourceError(
        file: file, position: found?.position ?? directive.position, message: message,
        expected: expected, found: found?.summary)
    }
    guard let first = elements.first, let parts = first.formElements, let name = first.head else {
      throw error("malformed \(directive.kind.rawValue)", "(TAPE ARGUMENT…)", elements.first)
    }
    guard elements.count > 1, let relation = elements[1].symbol,
      relation == "==" || relation == Directive.tildeStandIn
    else {
      throw error(
        "malformed \(directive.kind.rawValue)", "== or ~",
        elements.count > 1 ? elements[1] : nil)
    }
    call = first
    tapeName = name
    arguments = Array(parts.dropFirst())
    let end = elements.firstIndex { $0.keyword != nil } ?? elements.endIndex
    values = Array(elements[2..<end])
    var tolerance = Tolerance()
    var order = 1
    var checksDifferences = true
    var options = elements[end...]
    while let keyword = options.popFirst() {
      if directive.kind == .grad, keyword.keyword == "order" || keyword.keyword == "differences" {
        switch (keyword.keyword, options.popFirst()?.kind) {
        case ("order", .integer("1")), ("differences", .boolean(true)): break
        case ("order", .integer("2")): order = 2
        case ("differences", .boolean(false)): checksDifferences = false
        default:
          throw error("malformed option", ":order 1 or 2, or :differences true or false", keyword)
        }
        continue
      }
      guard relation != "==" else {
        throw error("== takes no tolerance", "the end of the directive", keyword)
      }
      guard let value = options.popFirst().flatMap({ ScalarValue(.f64, reading: $0) }),
        value.double >= 0
      else {
        throw error("malformed tolerance", "a number after \(keyword.summary)", keyword)
      }
      switch keyword.keyword {
      case "rtol": tolerance.relative = value.double
      case "atol": tolerance.absolute = value.double
      default: throw error("unknown option", ":rtol or :atol", keyword)
      }
    }
    self.order = order
    self.checksDifferences = checksDifferences
    self.tolerance = relation == "==" ? nil : tolerance
  }
}

extension Directive {
  /// A symbol of one character that stands for `~`, which is none.
  fileprivate static let tildeStandIn = "="

  /// The text of the directive with white space before its lines, so that its expressions stand where
  /// they stand in the file; `~` outside of brackets and strings is `=`.
  fileprivate var paddedText: String {
    var bytes: [UInt8] = []
    var line = 1
    var depth = 0
    for part in lines {
      bytes += [UInt8](repeating: UInt8(ascii: "\n"), count: part.line - line)
      bytes += [UInt8](repeating: UInt8(ascii: " "), count: part.column - 1)
      line = part.line
      for (byte, isInString) in part.text.utf8WithStrings {
        if !isInString {
          if byte == UInt8(ascii: "(") || byte == UInt8(ascii: "[") { depth += 1 }
          if byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]") { depth -= 1 }
        }
        let isRelation = byte == UInt8(ascii: "~") && depth == 0 && !isInString
        bytes.append(isRelation ? UInt8(ascii: "=") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
