import SExpression

extension Dim {
  /// The size that an expression writes: an integer, an affine atom such as `2*B+1`, or one of the
  /// forms `(add a b …)`, `(mul a b …)`, `(floordiv a n)`, `(min a b …)`, `(max a b …)`.
  ///
  /// - Parameters:
  ///   - form: the innermost form around the expression, at which errors point.
  ///   - file: what messages call the text.
  package init(
    _ expression: SExpression, in form: SExpression, file: String
  ) throws(SourceError) {
    switch expression.kind {
    case .integer(let text):
      guard let value = Int(integerText: text), value.magnitude <= Dim.limit else {
        throw Dim.error(
          "a size that no tensor has", in: form, file, expected: "at most 2^62 in magnitude",
          found: expression)
      }
      self = .constant(value)
    case .symbol(let text):
      guard let dim = Dim(affine: text) else {
        throw Dim.error(
          "malformed size", in: form, file,
          expected: "a number, or multiples of names joined by + and - such as 2*B+1",
          found: expression)
      }
      self = dim
    case .form(let elements):
      try self.init(head: expression.head, elements.dropFirst(), of: expression, file)
    case .keyword, .float, .boolean, .string, .list, .type:
      throw Dim.error(
        "malformed size", in: form, file, expected: "a number, a name or a form",
        found: expression)
    }
  }

  private init(
    head: String?, _ elements: ArraySlice<SExpression>, of form: SExpression, _ file: String
  ) throws(SourceError) {
    var operands: [Dim] = []
    for element in elements { operands.append(try Dim(element, in: form, file: file)) }
    let combine: (Dim, Dim) -> Dim
    switch head {
    case "add" where operands.count > 2:
      // One after the other would take the square of the time.
      self = Dim.sum(of: operands)
      try checkLimits(in: form, file)
      return
    case "add": combine = { $0 + $1 }
    case "mul": combine = { $0 * $1 }
    case "min": combine = { Dim.minimum($0, $1) }
    case "max": combine = { Dim.maximum($0, $1) }
    case "floordiv":
      guard operands.count == 2, let divisor = operands[1].constant, divisor > 0 else {
        throw Dim.error(
          "malformed size", in: form, file, expected: "a size and a positive number",
          found: form)
      }
      self = operands[0].floorDivided(by: divisor)
      try checkLimits(in: form, file)
      return
    default:
      throw Dim.error(
        "malformed size", in: form, file, expected: "add, mul, floordiv, min or max",
        found: form)
    }
    guard operands.count >= 2 else {
      throw Dim.error(
        "malformed size", in: form, file, expected: "at least two sizes",
        found: "\(operands.count)")
    }
    var result = operands[0]
    for operand in operands.dropFirst() {
      guard result.termCount * operand.termCount <= Dim.termLimit else {
        throw Dim.error(
          "a size of too many terms", in: form, file, expected: "at most \(Dim.termLimit)",
          found: form)
      }
      result = combine(result, operand)
      try result.checkLimits(in: form, file)
    }
    self = result
  }

  private func checkLimits(in form: SExpression, _ file: String) throws(SourceError) {
    guard isWithinLimits else {
      throw Dim.error(
        "a size that is too long", in: form, file,
        expected:
          "at most \(Dim.termLimit) terms of \(Dim.degreeLimit) factors, \(Dim.symbolLimit) "
          + "symbols, and divisions, minima and maxima \(Dim.depthLimit) deep",
        found: form)
    }
  }

  private static func error(
    _ message: String, in form: SExpression, _ file: String, expected: String, found: SExpression
  ) -> SourceError {
    error(message, in: form, file, expected: expected, found: found.summary)
  }

  private static func error(
    _ message: String, in form: SExpression, _ file: String, expected: String, found: String
  ) -> SourceError {
    SourceError(
      file: file, position: form.position, message: message, expected: expected, found: found,
      form: form.summary)
  }

  /// The size that `2*B+T-1` writes: terms joined by `+` and `-`, each a number, a name, or numbers
  /// times at most one name.
  private init?(affine text: String) {
    var scanner = AffineScanner(text)
    var terms: [Dim] = []
    var sign = scanner.take("-") ? -1 : 1
    while true {
      guard let term = scanner.takeTerm() else { return nil }
      terms.append(term * .constant(sign))
      if scanner.isAtEnd { break }
      if scanner.take("+") {
        sign = 1
      } else if scanner.take("-") {
        sign = -1
      } else {
        return nil
      }
    }
    self = Dim.sum(of: terms)
    if !isWithinLimits { return nil }
  }
}

/// A cursor over the characters of an affine size.
private struct AffineScanner {
  private var rest: Substring.UTF8View

  init(_ text: String) { rest = text[...].utf8 }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func takeRun(_ accepts: (UInt8) -> Bool) -> String? {
    let run = rest.prefix(while: accepts)
    guard !run.isEmpty else { return nil }
    rest.removeFirst(run.count)
    return String(Substring(run))
  }

  /// A product of numbers and at most one name.
  mutating func takeTerm() -> Dim? {
    var product: Dim = 1
    repeat {
      if let digits = takeRun({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) {
        guard let value = Int(digits), value <= Dim.limit else { return nil }
        product = product * .constant(value)
      } else {
        guard !product.isSymbolic, let name = takeName() else { return nil }
        product = product * .symbol(name)
      }
    } while take("*")
    return product
  }

  private mutating func takeName() -> String? {
    takeRun { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
  }
}
