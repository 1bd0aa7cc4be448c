import SExpression
import ScalarIR

// Statements in text:
//
//   (for i EXTENT [:parallel | :vector WIDTH | :unrolled | :block AXIS | :thread AXIS] STATEMENT…)
//   (let v f32 EXPRESSION)
//   (let v f32 (shuffle w LANE))                              another thread's w
//   (rarely v f32 CONDITION SLOW FAST STATEMENT…)             all but the statements are scalars
//   (store ARRAY INDEX VALUE)
//   (if CONDITION (then STATEMENT…) (else STATEMENT…))        an empty else is left out
//   (scratch NAME f32 COUNT)
//   (barrier)
//
// CONDITION: (less INDEX INDEX), (holds p), or (and CLAUSE…)

/// A form that spreads over lines: its first line and what stands below, two columns in.
indirect enum Outline {
  case line([SExpression])
  case nest([SExpression], [Outline])
}

extension Statement {
  /// The statement as lines.
  var outline: Outline {
    switch self {
    case .loop(let loop):
      .nest(head, loop.body.map(\.outline))
    case .conditional(_, let then, let otherwise):
      .nest(
        head,
        [.nest([.symbol("then")], then.map(\.outline))]
          + (otherwise.isEmpty ? [] : [.nest([.symbol("else")], otherwise.map(\.outline))]))
    case .define(_, _, .rarely(let path)): .nest(head, path.body.map(\.outline))
    case .define, .store, .scratch, .barrier: .line([SExpression(.form(head))])
    }
  }

  /// The statement on one line without the bodies in it, for messages.
  var summary: String {
    let text = SExpression(.form(head)).description
    switch self {
    case .loop, .conditional, .define(_, _, .rarely): return text.dropLast() + " …)"
    case .define, .store, .scratch, .barrier: return text
    }
  }

  /// The elements of the statement's form, up to the bodies in it.
  private var head: [SExpression] {
    switch self {
    case .loop(let loop):
      [.symbol("for"), .name(loop.variable.name), loop.extent.expression] + loop.mark.expressions
    case .define(let variable, let dtype, .rarely(let path)):
      [.symbol("rarely"), .name(variable.name), .symbol(dtype.name)]
        + [path.condition, path.slow, path.fast].map { .name($0.name) }
    case .define(let variable, let dtype, let expression):
      [
        .symbol("let"), .name(variable.name), .symbol(dtype.name), expression.text,
      ]
    case .store(let array, let index, let value):
      [.symbol("store"), .name(array), index.expression, .name(value.name)]
    case .conditional(let condition, _, _): [.symbol("if"), condition.text]
    case .scratch(let name, let dtype, let count):
      [.symbol("scratch"), .name(name), .symbol(dtype.name), .integer(count)]
    case .barrier: [.symbol("barrier")]
    }
  }
}

extension Loop.Mark {
  fileprivate var expressions: [SExpression] {
    switch self {
    case .serial: []
    case .parallel: [.keyword("parallel")]
    case .vector(let width): [.keyword("vector"), .integer(width)]
    case .unrolled: [.keyword("unrolled")]
    case .block(let axis): [.keyword("block"), .integer(axis)]
    case .thread(let axis): [.keyword("thread"), .integer(axis)]
    }
  }
}

extension Expression {
  fileprivate var text: SExpression {
    switch self {
    case .constant(let value): .form("constant", value.expression)
    case .load(let array, let index, let condition, let otherwise):
      .form(
        "load",
        [.name(array), index.expression]
          + (condition.isAlways ? [] : [.keyword("if"), condition.text])
          + (otherwise.map { [.keyword("else"), $0.expression] } ?? []))
    case .index(let index): .form("index", index.expression)
    case .shuffle(let a, let lane): .form("shuffle", .name(a.name), lane.expression)
    case .unary(let op, let a): .form(op.name, .name(a.name))
    case .binary(let op, let a, let b): .form(op.name, .name(a.name), .name(b.name))
    case .compare(let op, let a, let b): .form(op.name, .name(a.name), .name(b.name))
    case .fma(let a, let b, let c): .form("fma", .name(a.name), .name(b.name), .name(c.name))
    case .select(let p, let a, let b): .form("select", .name(p.name), .name(a.name), .name(b.name))
    case .convert(let a): .form("convert", .name(a.name))
    case .bitcast(let a): .form("bitcast", .name(a.name))
    case .rarely(let path): .form("rarely", path.operands.map { .name($0.name) })
    }
  }
}

extension Condition {
  fileprivate var text: SExpression {
    clauses.count == 1 ? clauses[0].text : .form("and", clauses.map(\.text))
  }
}

extension Condition.Clause {
  fileprivate var text: SExpression {
    switch self {
    case .less(let a, let b): .form("less", a.expression, b.expression)
    case .holds(let variable): .form("holds", .name(variable.name))
    }
  }
}

extension ScalarValue {
  /// The value as an atom; a NaN other than the usual one as `(bits 0xFFC00000)`.
  var expression: SExpression {
    if dtype == .bool { return SExpression(.boolean(bits != 0)) }
    if dtype.isInteger { return SExpression(.integer(description)) }
    if isNaN, self != ScalarValue(dtype, rounding: .nan) {
      return .form("bits", SExpression(.integer("0x" + String(bits, radix: 16, uppercase: true))))
    }
    let isWhole = description.utf8.allSatisfy { $0 == 0x2D || (0x30...0x39).contains($0) }
    return SExpression(isWhole ? .integer(description) : .float(description))
  }
}
