import SExpression
import ScalarIR

/// Reads the statements of kernels; what text they have is told beside their printing.
struct StatementParser {
  /// The declared symbols, which tell them from loop variables.
  let symbols: Set<String>

  /// Reads statements to the end of a form.
  func statements(_ reader: inout FormReader) throws(SourceError) -> [Statement] {
    var statements: [Statement] = []
    while !reader.isAtEnd {
      statements.append(try statement(try reader.takeForm("a statement")))
    }
    return statements
  }

  private func statement(_ form: FormReader) throws(SourceError) -> Statement {
    var reader = form
    let statement: Statement
    switch form.form.head {
    case "for":
      let variable = try reader.takeVariable()
      let extent = try index(&reader)
      let mark = try mark(&reader)
      statement = .loop(Loop(variable, extent, mark, try statements(&reader)))
    case "let":
      let variable = try reader.takeVariable()
      let dtype = try reader.takeDType()
      statement = .define(
        variable, dtype, try expression(try reader.takeForm("an expression"), dtype))
    case "rarely":
      let variable = try reader.takeVariable()
      let dtype = try reader.takeDType()
      let condition = try reader.takeVariable()
      let slow = try reader.takeVariable()
      let fast = try reader.takeVariable()
      let path = RarePath(
        condition: condition, body: try statements(&reader), slow: slow, fast: fast)
      statement = .define(variable, dtype, .rarely(path))
    case "store":
      let array = try reader.takeName("an array")
      let index = try index(&reader)
      statement = .store(array: array, index: index, value: try reader.takeVariable())
    case "if":
      let condition = try condition(try reader.takeForm("a condition"))
      let then = try branch(&reader, "then")
      let otherwise = reader.isAtEnd ? [] : try branch(&reader, "else")
      statement = .conditional(condition, then: then, else: otherwise)
    case "scratch":
      let name = try reader.takeName("an array")
      let dtype = try reader.takeDType()
      statement = .scratch(name: name, dtype, count: try reader.takeInteger("a number of elements"))
    case "barrier": statement = .barrier
    default:
      throw form.error(
        form.form, "unknown statement", expected: "for, let, rarely, store, if, scratch or barrier")
    }
    try reader.finish()
    return statement
  }

  private func branch(
    _ reader: inout FormReader, _ head: String
  ) throws(SourceError) -> [Statement] {
    var branch = try reader.takeForm("(\(head) …)")
    guard branch.form.head == head else {
      throw reader.error(branch.form, "no (\(head) …)", expected: "(\(head) …)")
    }
    return try statements(&branch)
  }

  private func mark(_ reader: inout FormReader) throws(SourceError) -> Loop.Mark {
    switch reader.takeKeyword() {
    case nil: return .serial
    case "parallel": return .parallel
    case "vector": return .vector(width: try reader.takeInteger("a vector width"))
    case "unrolled": return .unrolled
    case "block": return .block(axis: try reader.takeInteger("an axis"))
    case "thread": return .thread(axis: try reader.takeInteger("an axis"))
    case .some:
      throw reader.error(
        reader.latest, "unknown mark", expected: ":parallel, :vector, :unrolled, :block or :thread")
    }
  }

  // MARK: - Indices and conditions

  /// Reads an index that is the next element of a form.
  func index(_ reader: inout FormReader) throws(SourceError) -> Index {
    try index(reader.take("an index"), in: reader)
  }

  /// The index that an element of a form, or of a list in it, writes.
  func index(_ next: SExpression, in reader: FormReader) throws(SourceError) -> Index {
    switch next.kind {
    case .integer:
      guard let value = ScalarValue(.i64, reading: next) else {
        throw reader.error(next, "no index", expected: "an integer of 64 bits")
      }
      return .constant(Int(value.signedInteger))
    case .symbol(let name), .string(let name):
      return symbols.contains(name) ? .symbol(name) : .variable(Variable(name))
    case .form:
      var form = try FormReader(next, file: reader.file)
      let index = try operation(&form)
      try form.finish()
      return index
    case .keyword, .float, .boolean, .list, .type:
      throw reader.error(next, "no index", expected: "a number, a name or a form")
    }
  }

  private func operation(_ form: inout FormReader) throws(SourceError) -> Index {
    switch form.form.head {
    case "value": .value(try form.takeVariable())
    case "add": .sum(try index(&form), try index(&form))
    case "mul": .product(try index(&form), try index(&form))
    case "floordiv": .quotient(try index(&form), try index(&form))
    case "mod": .remainder(try index(&form), try index(&form))
    case "min": .minimum(try index(&form), try index(&form))
    case "max": .maximum(try index(&form), try index(&form))
    default:
      throw form.error(
        form.form, "unknown index", expected: "value, add, mul, floordiv, mod, min or max")
    }
  }

  private func condition(_ form: FormReader) throws(SourceError) -> Condition {
    guard form.form.head == "and" else { return Condition([try clause(form)]) }
    var reader = form
    var clauses: [Condition.Clause] = []
    while !reader.isAtEnd { clauses.append(try clause(try reader.takeForm("a clause"))) }
    return Condition(clauses)
  }

  private func clause(_ form: FormReader) throws(SourceError) -> Condition.Clause {
    var reader = form
    let clause: Condition.Clause
    switch form.form.head {
    case "less": clause = .less(try index(&reader), try index(&reader))
    case "holds": clause = .holds(try reader.takeVariable())
    default: throw form.error(form.form, "unknown condition", expected: "less, holds or and")
    }
    try reader.finish()
    return clause
  }

  // MARK: - Expressions

  private func expression(_ form: FormReader, _ dtype: DType) throws(SourceError) -> Expression {
    var reader = form
    let expression: Expression
    switch form.form.head {
    case "constant": expression = .constant(try reader.takeScalar(dtype))
    case "load": expression = try load(&reader, dtype)
    case "index": expression = .index(try index(&reader))
    case "shuffle":
      expression = .shuffle(try reader.takeVariable(), lane: try index(&reader))
    case "fma":
      expression = .fma(
        try reader.takeVariable(), try reader.takeVariable(), try reader.takeVariable())
    case "select":
      expression = .select(
        try reader.takeVariable(), try reader.takeVariable(), try reader.takeVariable())
    case "convert": expression = .convert(try reader.takeVariable())
    case "bitcast": expression = .bitcast(try reader.takeVariable())
    case let head:
      if let op = ScalarOp.Unary.allCases.first(where: { $0.name == head }) {
        expression = .unary(op, try reader.takeVariable())
      } else if let op = ScalarOp.Binary.allCases.first(where: { $0.name == head }) {
        expression = .binary(op, try reader.takeVariable(), try reader.takeVariable())
      } else if let op = ScalarOp.Comparison.allCases.first(where: { $0.name == head }) {
        expression = .compare(op, try reader.takeVariable(), try reader.takeVariable())
      } else {
        throw form.error(form.form, "unknown expression", expected: "a scalar operation")
      }
    }
    try reader.finish()
    return expression
  }

  private func load(_ reader: inout FormReader, _ dtype: DType) throws(SourceError) -> Expression {
    let array = try reader.takeName("an array")
    let index = try index(&reader)
    var condition = Condition.always
    var otherwise: ScalarValue?
    while let keyword = reader.takeKeyword() {
      switch keyword {
      case "if": condition = try self.condition(try reader.takeForm("a condition"))
      case "else": otherwise = try reader.takeScalar(dtype)
      default:
        throw reader.error(reader.latest, "unknown keyword", expected: ":if or :else")
      }
    }
    return .load(array: array, index: index, condition: condition, otherwise: otherwise)
  }
}
