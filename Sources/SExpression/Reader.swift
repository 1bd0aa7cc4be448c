/// The state of one reading: a cursor, the open brackets, and the nodes they have gathered so far.
struct Reader {
  /// An open bracket.
  struct Frame {
    /// What the bracket begins.
    enum Opening {
      case list
      case form
      case type(String)
    }

    let opening: Opening
    /// Where the form, list or type name begins.
    let position: SourcePosition
    /// The index of its first element in `nodes`.
    let firstNode: Int

    /// The bracket that closes it.
    var closer: UInt8 {
      switch opening {
      case .form: UInt8(ascii: ")")
      case .list, .type: UInt8(ascii: "]")
      }
    }
  }

  let text: SourceText
  let bytes: [UInt8]
  let keepsDetails: Bool

  var index = 0
  private var line = 1
  private var lineStart = 0
  /// The continuation bytes before `index` on its line: bytes that are no columns.
  private var continuations = 0

  /// The finished expressions of all open brackets, the outermost's first.
  private(set) var nodes: [SExpression] = []
  private var frames: [Frame] = []
  private(set) var ends: [SourcePosition] = []
  private(set) var comments: [SourceDocument.Comment] = []

  init(_ text: SourceText, keepsDetails: Bool) {
    self.text = text
    bytes = text.bytes
    self.keepsDetails = keepsDetails
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      index = 3
      lineStart = 3
    }
  }

  /// Reads to the end of the text.
  mutating func run() throws(SourceError) {
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
        index += 1
      case UInt8(ascii: "\n"):
        index += 1
        line += 1
        lineStart = index
        continuations = 0
      case UInt8(ascii: ";"): skipComment()
      case UInt8(ascii: "("): try open(.form, at: position)
      case UInt8(ascii: "["): try open(.list, at: position)
      case UInt8(ascii: ")"), UInt8(ascii: "]"): try close(byte)
      case UInt8(ascii: "\""): try readString()
      case UInt8(ascii: ":"): try readKeyword()
      default:
        guard isSymbolByte(byte) else {
          throw error("unexpected character", expected: "an expression", found: foundHere)
        }
        try readAtom()
      }
    }
    if let frame = frames.last {
      throw error(
        "unclosed '\(frame.opening.bracket)'", at: frame.position,
        expected: quoted(frame.closer), found: "end of file")
    }
  }
}

// MARK: - Positions and errors

extension Reader {
  /// Where the cursor stands.
  var position: SourcePosition {
    SourcePosition(line: line, column: index - lineStart - continuations + 1, offset: index)
  }

  /// Moves the cursor over bytes of one line, some of which may be no ASCII.
  private mutating func advance(to end: Int) {
    for byte in bytes[index..<end] where isContinuation(byte) { continuations += 1 }
    index = end
  }

  /// An error here or at another place, naming the form that is open.
  func error(
    _ message: String, at place: SourcePosition? = nil, expected: String? = nil,
    found: String? = nil
  ) -> SourceError {
    var form: String?
    if let frame = frames.last(where: { frame in
      if case .form = frame.opening { true } else { false }
    }) {
      let count = nodes.count - frame.firstNode
      let head = count > 0 ? nodes[frame.firstNode] : nil
      form = count > 0 ? formSummary(head: head, count: 2) : "(…)"
    }
    return SourceError(
      file: text.name, position: place ?? position, message: message, expected: expected,
      found: found, form: form)
  }

  /// The name of what the cursor stands on, for messages.
  var foundHere: String { found(at: index) }

  /// The name of the character at an offset, for messages.
  func found(at offset: Int) -> String {
    guard offset < bytes.count else { return "end of file" }
    let end = bytes[(offset + 1)...].firstIndex { !isContinuation($0) } ?? bytes.count
    let character = String(decoding: bytes[offset..<end], as: UTF8.self)
    guard let scalar = character.unicodeScalars.first else { return "nothing" }
    switch scalar {
    case "\n": return "end of line"
    case "!"..."~": return "'\(character)'"
    default:
      let digits = String(scalar.value, radix: 16, uppercase: true)
      return "U+" + String(repeating: "0", count: max(4 - digits.count, 0)) + digits
    }
  }
}

// MARK: - Brackets

extension Reader {
  /// Opens a bracket; the cursor stands on it.
  private mutating func open(
    _ opening: Frame.Opening, at start: SourcePosition
  ) throws(SourceError) {
    if case .list = opening, case .type(let name)? = frames.last?.opening {
      throw error("a list inside the type \(name)[…]", expected: "a size", found: "'['")
    }
    guard frames.count < SExpressionReader.nestingLimit else {
      throw error("brackets nest deeper than \(SExpressionReader.nestingLimit) levels")
    }
    frames.append(Frame(opening: opening, position: start, firstNode: nodes.count))
    index += 1
  }

  /// Closes the innermost bracket; the cursor stands on the closing one.
  private mutating func close(_ byte: UInt8) throws(SourceError) {
    guard let frame = frames.last else {
      throw error("nothing to close", expected: "an expression", found: quoted(byte))
    }
    guard byte == frame.closer else {
      throw error(
        "mismatched bracket",
        expected: "\(quoted(frame.closer)) for the '\(frame.opening.bracket)' at \(frame.position)",
        found: quoted(byte))
    }
    frames.removeLast()
    index += 1
    let elements = Array(nodes[frame.firstNode...])
    nodes.removeLast(elements.count)
    switch frame.opening {
    case .list: try append(.list(elements), at: frame.position)
    case .form: try append(.form(elements), at: frame.position)
    case .type(let name):
      try requireDelimiter(after: .type)
      try append(.type(name, elements), at: frame.position)
    }
  }

  /// Adds a finished expression to the innermost bracket.
  private mutating func append(
    _ kind: SExpression.Kind, at start: SourcePosition
  ) throws(SourceError) {
    let node = SExpression(kind, at: start)
    if case .type(let name)? = frames.last?.opening {
      switch kind {
      case .integer, .symbol, .form: break
      case .keyword, .float, .boolean, .string, .list, .type:
        throw error(
          "no size of the type \(name)[…]", at: start, expected: "an integer, a name or a form",
          found: node.summary)
      }
    }
    nodes.append(node)
    if keepsDetails, frames.isEmpty { ends.append(position) }
  }
}

extension Reader.Frame.Opening {
  /// The opening bracket with what belongs to it.
  fileprivate var bracket: String {
    switch self {
    case .list: "["
    case .form: "("
    case .type(let name): name + "["
    }
  }
}

// MARK: - Tokens

extension Reader {
  /// The offset past the symbol characters that begin at an offset.
  private func endOfRun(from start: Int) -> Int {
    var end = start
    while end < bytes.count, isSymbolByte(bytes[end]) { end += 1 }
    return end
  }

  private func string(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  /// Reads a symbol, number, boolean or the name of a type.
  private mutating func readAtom() throws(SourceError) {
    let start = position
    let range = index..<endOfRun(from: index)
    let atom = try classify(range, at: start)
    index = range.upperBound
    if index < bytes.count, bytes[index] == UInt8(ascii: "[") {
      guard case .name = atom else {
        throw error(
          "no white space between an atom and '['",
          expected: "a type's name before '['", found: shortened(string(range)))
      }
      if case .type(let name)? = frames.last?.opening {
        throw error(
          "a type inside the type \(name)[…]", at: start, expected: "a size",
          found: shortened(string(range)) + "[")
      }
      try open(.type(string(range)), at: start)
      return
    }
    try requireDelimiter(after: .atom)
    switch atom {
    case .name, .affine: try append(.symbol(string(range)), at: start)
    case .integer: try append(.integer(string(range)), at: start)
    case .float: try append(.float(string(range)), at: start)
    case .boolean(let value): try append(.boolean(value), at: start)
    }
  }

  /// Reads a keyword; the cursor stands on its colon.
  private mutating func readKeyword() throws(SourceError) {
    let start = position
    let range = (index + 1)..<endOfRun(from: index + 1)
    guard !range.isEmpty else {
      throw error(
        "a keyword without a name", expected: "a name after ':'",
        found: found(at: range.lowerBound))
    }
    index = range.upperBound
    try requireDelimiter(after: .keyword)
    try append(.keyword(string(range)), at: start)
  }

  /// What must be set off from its neighbour on the right.
  private enum Token: String {
    case atom = "an atom"
    case keyword = "a keyword"
    case string = "a string"
    case type = "a type"
  }

  /// Demands that the token that ends at the cursor is set off from what follows.
  private func requireDelimiter(after token: Token) throws(SourceError) {
    guard index < bytes.count else { return }
    let isJoined =
      switch bytes[index] {
      case UInt8(ascii: "\""), UInt8(ascii: ":"): true
      case UInt8(ascii: "["), UInt8(ascii: "("): token == .type
      default: isSymbolByte(bytes[index])
      }
    guard isJoined else { return }
    throw error(
      "no white space after \(token.rawValue)", expected: "white space or a closing bracket",
      found: foundHere)
  }

  /// Passes over a comment, keeping it where that was asked for.
  private mutating func skipComment() {
    let end = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    if keepsDetails {
      let textEnd = bytes[end - 1] == UInt8(ascii: "\r") ? end - 1 : end
      let isAlone = bytes[lineStart..<index].allSatisfy { byte in
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
      }
      comments.append(
        SourceDocument.Comment(
          text: string((index + 1)..<max(textEnd, index + 1)), position: position, isAlone: isAlone)
      )
    }
    advance(to: end)
  }

  /// Reads a string; the cursor stands on its opening quote.
  private mutating func readString() throws(SourceError) {
    let start = position
    index += 1
    var value: [UInt8] = []
    while true {
      guard index < bytes.count, bytes[index] != UInt8(ascii: "\n") else {
        throw error("unterminated string", at: start, expected: "'\"'", found: foundHere)
      }
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        try requireDelimiter(after: .string)
        try append(.string(String(decoding: value, as: UTF8.self)), at: start)
        return
      case UInt8(ascii: "\\"): value += try readEscape()
      default:
        value.append(byte)
        advance(to: index + 1)
      }
    }
  }

  /// Reads an escape and returns its UTF-8; the cursor stands on its backslash.
  private mutating func readEscape() throws(SourceError) -> [UInt8] {
    let next = index + 1 < bytes.count ? bytes[index + 1] : 0
    let simple: UInt8? =
      switch next {
      case UInt8(ascii: "n"): UInt8(ascii: "\n")
      case UInt8(ascii: "t"): UInt8(ascii: "\t")
      case UInt8(ascii: "\\"), UInt8(ascii: "\""): next
      default: nil
      }
    if let simple {
      index += 2
      return [simple]
    }
    guard next == UInt8(ascii: "u") else {
      throw error(
        "unknown escape", expected: "\\n, \\t, \\\\, \\\" or \\u{…}",
        found: "\\ and " + found(at: index + 1))
    }
    let digitsStart = index + 3
    var end = digitsStart
    while end < bytes.count, isHexDigit(bytes[end]) { end += 1 }
    guard index + 2 < bytes.count, bytes[index + 2] == UInt8(ascii: "{"), end < bytes.count,
      bytes[end] == UInt8(ascii: "}"), 1...6 ~= end - digitsStart,
      let code = UInt32(string(digitsStart..<end), radix: 16), let scalar = Unicode.Scalar(code)
    else {
      throw error(
        "malformed escape", expected: "\\u{…} with 1 to 6 hexadecimal digits of a Unicode scalar")
    }
    index = end + 1
    return Array(String(Character(scalar)).utf8)
  }
}

/// An ASCII character in quotes, for messages.
private func quoted(_ byte: UInt8) -> String { "'\(Character(Unicode.Scalar(byte)))'" }

/// Whether a byte may stand in a symbol: ASCII letters, digits and `+ - * / < > = ? ! . _ @ |`.
func isSymbolByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
    UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "<"), UInt8(ascii: ">"),
    UInt8(ascii: "="), UInt8(ascii: "?"), UInt8(ascii: "!"), UInt8(ascii: "."),
    UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "|"):
    true
  default: false
  }
}
