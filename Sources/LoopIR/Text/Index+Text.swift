import SExpression
import ScalarIR

// An index in text: a number, the name of a loop variable or of a symbol (those that the program
// declares in its `symbols`), `(value v)` for a scalar, and `(add a b)`, `(mul a b)`,
// `(floordiv a b)`, `(mod a b)`, `(min a b)`, `(max a b)`.

extension Index {
  /// The expression that the text form writes for the index.
  package var expression: SExpression {
    switch self {
    case .constant(let value): .integer(value)
    case .variable(let variable): .name(variable.name)
    case .symbol(let name): .name(name)
    case .value(let variable): .form("value", .name(variable.name))
    case .sum(let a, let b): .form("add", a.expression, b.expression)
    case .product(let a, let b): .form("mul", a.expression, b.expression)
    case .quotient(let a, let b): .form("floordiv", a.expression, b.expression)
    case .remainder(let a, let b): .form("mod", a.expression, b.expression)
    case .minimum(let a, let b): .form("min", a.expression, b.expression)
    case .maximum(let a, let b): .form("max", a.expression, b.expression)
    }
  }
}

extension Index: CustomStringConvertible {
  package var description: String { expression.description }
}

extension Variable: CustomStringConvertible {
  package var description: String { name }
}

extension SExpression {
  static func integer(_ value: Int) -> SExpression { SExpression(.integer(String(value))) }

  static func keyword(_ name: String) -> SExpression { SExpression(.keyword(name)) }

  static func symbol(_ name: String) -> SExpression { SExpression(.symbol(name)) }

  static func list(_ elements: [SExpression]) -> SExpression { SExpression(.list(elements)) }

  /// The form `(head operands…)`.
  static func form(_ head: String, _ operands: SExpression...) -> SExpression {
    form(head, operands)
  }

  static func form(_ head: String, _ operands: [SExpression]) -> SExpression {
    SExpression(.form([.symbol(head)] + operands))
  }

  /// A name: a symbol where the name reads as one for certain, else a string.
  static func name(_ name: String) -> SExpression {
    let isPlain =
      !["", "true", "false", "inf", "nan"].contains(name)
      && name.unicodeScalars.first.map { $0 == "_" || isLetter($0) } == true
      && name.unicodeScalars.allSatisfy {
        isLetter($0) || "0123456789_-.+".unicodeScalars.contains($0)
      }
    return SExpression(isPlain ? .symbol(name) : .string(name))
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }
}
