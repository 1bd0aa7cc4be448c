import SExpression

/// What a comment of a spec file asks of the tapes around it.
package struct Directive: Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// `; run: (tape ARGUMENT…) == RESULT…`: what a tape computes.
    case run
    /// `; fails: (tape ARGUMENT…) == "TEXT"`: that running a tape on these arguments is an error, whose
    /// message has the text.
    case fails
    /// `; grad: (tape ARGUMENT…) ~ GRADIENT…`: the gradient of the sum of a tape's first result, one
    /// a floating parameter.
    case grad
    /// `; error: TEXT`: the form that stands here is wrong on this line, and its message has the text;
    /// `; error COLUMN: TEXT` also says at which column, `; error COLUMN C2: TEXT` which constraint.
    case error
    /// `; dump: STAGE`: FileCheck finds the file's `; CHECK` lines in the text of the tape above.
    case dump

    /// Whether an expression follows, which may go on in the comments below.
    var hasExpression: Bool {
      switch self {
      case .run, .fails, .grad: true
      case .error, .dump: false
      }
    }
  }

  package let kind: Kind
  /// Where the comment begins.
  package let position: SourcePosition
  /// The line that an `error` speaks of: its own, or where nothing else stands there the one above.
  package let subjectLine: Int
  /// The column that an `error` speaks of, where it tells one.
  package let subjectColumn: Int?
  /// What follows the colon, on the lines of the comment and of those that continue it.
  let lines: [Line]

  /// A stretch of one line of the file.
  struct Line: Hashable, Sendable {
    let line: Int
    let column: Int
    let text: Substring
  }

  /// The text of the first line, without white space around it.
  package var text: Substring { lines.first?.text.trimmed ?? "" }
}

extension Directive {
  /// The directives among the comments of a file.
  ///
  /// The expression of a `run`, a `fails` or a `grad` goes on in the comments of the lines below, until its
  /// brackets are closed.
  static func all(in comments: [SourceDocument.Comment]) -> [Directive] {
    var directives: [Directive] = []
    var number = 0
    var subjectLine = 0
    var previousLine = 0
    while number < comments.count {
      let comment = comments[number]
      number += 1
      let line = comment.position.line
      if !comment.isAlone || previousLine != line - 1 {
        subjectLine = comment.isAlone ? line - 1 : line
      }
      previousLine = line
      guard let (kind, column, first) = Directive.start(of: comment) else { continue }
      var lines = [first]
      if kind.hasExpression {
        while BracketCount(lines).isOpen, number < comments.count,
          comments[number].isAlone, let last = lines.last,
          comments[number].position.line == last.line + 1
        {
          lines.append(Line(comments[number], from: comments[number].text.startIndex))
          number += 1
          previousLine += 1
        }
      }
      directives.append(
        Directive(
          kind: kind, position: comment.position, subjectLine: subjectLine, subjectColumn: column,
          lines: lines))
    }
    return directives
  }

  private static func start(
    of comment: SourceDocument.Comment
  ) -> (kind: Kind, column: Int?, first: Line)? {
    let text = comment.text.drop { $0 == " " || $0 == "\t" }
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let words = text[..<colon].split(separator: " ", omittingEmptySubsequences: false)
    guard let kind = words.first.flatMap({ Kind(rawValue: String($0)) }) else { return nil }
    let line = Line(comment, from: text.index(after: colon))
    if words.count == 1 { return (kind, nil, line) }
    let namesConstraint = words.count == 3 && words[2].first == "C"
    guard kind == .error, words.count == 2 || namesConstraint, let column = Int(words[1]) else {
      return nil
    }
    return (kind, column, line)
  }
}

extension Directive.Line {
  /// What stands in a comment from an index on.
  init(_ comment: SourceDocument.Comment, from start: String.Index) {
    line = comment.position.line
    column =
      comment.position.column + 1
      + comment.text.unicodeScalars.distance(from: comment.text.startIndex, to: start)
    text = comment.text[start...]
  }
}

/// Brackets that are open at the end of some lines; those in strings do not count.
private struct BracketCount {
  private var depth = 0

  init(_ lines: [Directive.Line]) {
    for line in lines {
      for (byte, isInString) in line.text.utf8WithStrings where !isInString {
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
      }
    }
  }

  var isOpen: Bool { depth > 0 }
}

extension Substring {
  /// The text without white space at its ends.
  var trimmed: Substring {
    let start = drop { $0.isWhitespace }
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return start }
    return start[...end]
  }

  /// Each byte, and whether it stands in a string in double quotes.
  var utf8WithStrings: [(byte: UInt8, isInString: Bool)] {
    var isInString = false
    var isEscaped = false
    return utf8.map { byte in
      let was = isInString
      if isEscaped {
        isEscaped = false
      } else if isInString, byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString.toggle()
      }
      return (byte, was || isInString)
    }
  }
}
