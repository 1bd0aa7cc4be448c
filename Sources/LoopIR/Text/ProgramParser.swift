import SExpression
import ScalarIR

extension LoopProgram {
  /// The program that a text holds: one form `(program …)`.
  ///
  /// - Throws: `SourceError` where the text is no program. What can be checked without positions is
  ///   left to `verify`.
  package init(parsing text: SourceText) throws(SourceError) {
    try self.init(parsing: try SExpressionReader.readOne(text), file: text.name)
  }

  /// The program that an expression writes; `file` names the text in errors.
  package init(parsing expression: SExpression, file: String) throws(SourceError) {
    var parser = ProgramParser()
    self = try parser.program(try FormReader(expression, file: file))
  }
}

/// Reads programs; the text of each part is told beside their printing.
private struct ProgramParser {
  var symbols: Set<String> = []
  var buffers: [String: BufferID] = [:]
  var kernels: [String: Int] = [:]

  private var statements: StatementParser { StatementParser(symbols: symbols) }

  mutating func program(_ form: FormReader) throws(SourceError) -> LoopProgram {
    var reader = form
    guard form.form.head == "program" else {
      throw form.error(form.form, "no program", expected: "(program …)")
    }
    var program = LoopProgram(name: try reader.takeName("the program's name"))
    var hasResults = false
    while !reader.isAtEnd {
      var part = try reader.takeForm("a part of a program")
      switch part.form.head {
      case "symbols":
        while !part.isAtEnd { program.symbols.append(try part.takeName("a symbol")) }
        symbols = Set(program.symbols)
      case "buffer":
        let buffer = try buffer(&part)
        guard buffers.updateValue(BufferID(program.buffers.count), forKey: buffer.name) == nil
        else {
          throw part.error(
            part.form, "buffer \(buffer.name) twice", expected: "a name of its own")
        }
        program.buffers.append(buffer)
      case "kernel":
        let kernel = try kernel(&part)
        guard kernels.updateValue(program.kernels.count, forKey: kernel.name) == nil else {
          throw part.error(
            part.form, "kernel \(kernel.name) twice", expected: "a name of its own")
        }
        program.kernels.append(kernel)
      case "launch", "matrix-product", "matrix-routine", "check", "copy", "exchange", "if", "while",
        "for":
        program.steps.append(try step(&part))
      case "arena": program.arenaBytes = try statements.index(&part)
      case "return":
        program.results = try results(&part)
        hasResults = true
      default:
        throw part.error(
          part.form, "unknown part of a program",
          expected: "symbols, buffer, kernel, a step, arena or return")
      }
      try part.finish()
    }
    guard hasResults else {
      throw form.error(nil, "a program without results", expected: "(return …)")
    }
    return program
  }

  private func buffer(_ reader: inout FormReader) throws(SourceError) -> BufferDeclaration {
    let name = try reader.takeName("the buffer's name")
    let dtype = try reader.takeDType()
    let count = try statements.index(&reader)
    let role: BufferDeclaration.Role
    switch try reader.takeKeyword("the buffer's role") {
    case "input": role = .input(try reader.takeInteger("the number of a parameter"))
    case "output": role = .output
    case "temporary":
      role = .temporary(
        offset: reader.takes(keyword: "offset") ? try statements.index(&reader) : nil)
    case "slice":
      let source = try buffer(
        named: try reader.takeName("a buffer"), at: reader.latest, reader)
      role = .slice(of: source, at: try reader.takeVariable())
    case "constant": role = .constant(try literal(&reader, dtype, count))
    default:
      throw reader.error(
        reader.latest, "unknown role", expected: ":input, :constant, :output, :temporary or :slice")
    }
    return BufferDeclaration(name: name, dtype: dtype, count: count, role: role)
  }

  private func literal(
    _ reader: inout FormReader, _ dtype: DType, _ count: Index
  ) throws(SourceError) -> Literal {
    let value = try reader.take("the constant's elements")
    var sizes: [Int] = []
    if reader.takes(keyword: "shape") {
      var remaining = 1
      for element in try reader.takeList("the constant's sizes") {
        guard let size = ScalarValue(.i64, reading: element)?.exactInteger, size >= 0,
          case (let product, let overflow) = remaining.multipliedReportingOverflow(by: max(size, 1)),
          !overflow
        else { throw reader.error(element, "no size", expected: "a size of 0 or more") }
        remaining = product
        sizes.append(size)
      }
    } else if let count = count.constant, count >= 0 {
      sizes = [count]
    } else {
      throw reader.error(value, "a constant of unknown size", expected: "a constant count")
    }
    guard let elements = value.listElements else {
      return Literal(splat: try reader.scalar(value, dtype), sizes: sizes)
    }
    guard elements.count == sizes.reduce(1, *) else {
      throw reader.error(
        value, "\(elements.count) elements", expected: "\(sizes.reduce(1, *)) elements")
    }
    var bits: [UInt64] = []
    bits.reserveCapacity(elements.count)
    for element in elements { bits.append(try reader.scalar(element, dtype).bits) }
    return Literal(dtype: dtype, sizes: sizes, bits: bits)
  }

  private func kernel(_ reader: inout FormReader) throws(SourceError) -> Kernel {
    let name = try reader.takeName("the kernel's name")
    var parameters: [ArrayParameter] = []
    for element in try reader.takeList("the kernel's parameters") {
      parameters.append(try parameter(element, file: reader.file))
    }
    var origins: [String] = []
    if reader.takes(keyword: "origins") { origins = try reader.takeNames("origins").map(\.name) }
    let body = try statements.statements(&reader)
    return Kernel(name: name, parameters: parameters, body: body, origins: origins)
  }

  private func parameter(
    _ expression: SExpression, file: String
  ) throws(SourceError) -> ArrayParameter {
    var reader = try FormReader(expression, file: file, isHeadless: true)
    let name = try reader.takeName("the parameter's name")
    let dtype = try reader.takeDType()
    let access: ArrayParameter.Access
    switch try reader.takeKeyword("the access") {
    case "read": access = .read
    case "write": access = .write
    case "read-write": access = .readWrite
    default:
      throw reader.error(
        reader.latest, "unknown access", expected: ":read, :write or :read-write")
    }
    try reader.finish()
    return ArrayParameter(name: name, dtype: dtype, access: access)
  }

  /// A step whose head has been read; steps in it nest as deep as text does.
  private func step(_ reader: inout FormReader) throws(SourceError) -> Step {
    switch reader.form.head {
    case "launch": return .launch(try launch(&reader))
    case "matrix-product": return .call(.matrixProduct(try matrixProduct(&reader)))
    case "matrix-routine": return .call(.matrixRoutine(try matrixRoutine(&reader)))
    case "check": return .check(try check(&reader))
    case "copy": return .copy(Copy(from: try takeBuffer(&reader), to: try takeBuffer(&reader)))
    case "exchange": return .exchange(Exchange(try takeBuffer(&reader), try takeBuffer(&reader)))
    case "if":
      return .branch(
        Branch(
          try takeBuffer(&reader), then: try steps("then", &reader),
          otherwise: try steps("else", &reader)))
    case "while":
      let predicate = try takeBuffer(&reader)
      return .whileLoop(
        WhileLoop(
          condition: try steps("test", &reader), predicate: predicate,
          body: try steps("do", &reader)))
    case "for":
      let counter = try reader.takeVariable()
      let extent = try statements.index(&reader)
      let isReversed = reader.takes(keyword: "reversed")
      return .countedLoop(
        CountedLoop(counter, extent, isReversed: isReversed, try steps(&reader)))
    default:
      throw reader.error(
        reader.form, "unknown step",
        expected: "launch, matrix-product, matrix-routine, check, copy, exchange, if, while or for")
    }
  }

  /// The steps of the form `(HEAD STEP…)` that comes next.
  private func steps(
    _ head: String, _ reader: inout FormReader
  ) throws(SourceError) -> [Step] {
    var form = try reader.takeForm("(\(head) STEP…)")
    guard form.form.head == head else {
      throw reader.error(form.form, "no steps", expected: "(\(head) STEP…)")
    }
    return try steps(&form)
  }

  /// The steps up to the end of the form.
  private func steps(_ reader: inout FormReader) throws(SourceError) -> [Step] {
    var steps: [Step] = []
    while !reader.isAtEnd {
      var form = try reader.takeForm("a step")
      steps.append(try step(&form))
      try form.finish()
    }
    return steps
  }

  private func takeBuffer(_ reader: inout FormReader) throws(SourceError) -> BufferID {
    try buffer(named: try reader.takeName("a buffer"), at: reader.latest, reader)
  }

  private func launch(_ reader: inout FormReader) throws(SourceError) -> Launch {
    let name = try reader.takeName("a kernel")
    guard let kernel = kernels[name] else {
      throw reader.error(reader.latest, "no kernel \(name)", expected: "a kernel above")
    }
    var arguments: [BufferID] = []
    for (name, element) in try reader.takeNames("the arguments") {
      arguments.append(try buffer(named: name, at: element, reader))
    }
    return Launch(kernel: kernel, arguments: arguments)
  }

  private func buffer(
    named name: String, at element: SExpression, _ reader: FormReader
  ) throws(SourceError) -> BufferID {
    guard let buffer = buffers[name] else {
      throw reader.error(element, "no buffer \(name)", expected: "a buffer above")
    }
    return buffer
  }

  private func matrixProduct(_ reader: inout FormReader) throws(SourceError) -> MatrixProduct {
    let dtype = try reader.takeDType()
    var sizes: [String: Index] = [:]
    var operands: [String: BufferID] = [:]
    var flags: [String: Bool] = [:]
    while !reader.isAtEnd {
      let keyword = try reader.takeKeyword("a keyword")
      switch keyword {
      case "batch", "m", "n", "k": sizes[keyword] = try statements.index(&reader)
      case "a", "b", "c":
        operands[keyword] = try buffer(
          named: try reader.takeName("a buffer"), at: reader.latest, reader)
      case "transpose-a", "transpose-b":
        flags[keyword] = try reader.takeScalar(.bool).bits != 0
      default:
        throw reader.error(
          reader.latest, "unknown keyword",
          expected: ":batch, :m, :n, :k, :a, :b, :c, :transpose-a or :transpose-b")
      }
    }
    guard let m = sizes["m"], let n = sizes["n"], let k = sizes["k"], let a = operands["a"],
      let b = operands["b"], let c = operands["c"]
    else {
      throw reader.error(nil, "an incomplete matrix product", expected: ":m, :n, :k, :a, :b and :c")
    }
    return MatrixProduct(
      dtype: dtype, batch: sizes["batch"] ?? 1, m: m, n: n, k: k, a: a,
      isTransposedA: flags["transpose-a"] ?? false, b: b,
      isTransposedB: flags["transpose-b"] ?? false, c: c)
  }

  private func check(_ reader: inout FormReader) throws(SourceError) -> ProgramCheck {
    let status = try buffer(
      named: try reader.takeName("a buffer"), at: reader.latest, reader)
    let op = try reader.takeName("an op's name")
    var check = ProgramCheck(
      op: op, status: status, dtype: try reader.takeDType(), sizes: [], vectorAxis: nil, limits: [])
    while !reader.isAtEnd {
      switch try reader.takeKeyword("a keyword") {
      case "sizes": check.sizes = try indices(&reader, "the indices' sizes")
      case "limits": check.limits = try indices(&reader, "the greatest indices")
      case "vector-axis": check.vectorAxis = try reader.takeInteger("an axis")
      default:
        throw reader.error(
          reader.latest, "unknown keyword", expected: ":sizes, :limits or :vector-axis")
      }
    }
    return check
  }

  private func indices(
    _ reader: inout FormReader, _ expected: String
  ) throws(SourceError) -> [Index] {
    var indices: [Index] = []
    for element in try reader.takeList(expected) {
      indices.append(try statements.index(element, in: reader))
    }
    return indices
  }

  private func matrixRoutine(
    _ reader: inout FormReader
  ) throws(SourceError) -> MatrixRoutineCall {
    let name = try reader.takeName("a routine")
    guard var routine = MatrixRoutine(name: name) else {
      throw reader.error(
        reader.latest, "unknown routine",
        expected: MatrixRoutine.all.map(\.name).joined(separator: ", "))
    }
    let dtype = try reader.takeDType()
    var sizes: [String: Index] = [:]
    var lists: [String: [BufferID]] = [:]
    var system = TriangularSystem()
    while !reader.isAtEnd {
      let keyword = try reader.takeKeyword("a keyword")
      switch keyword {
      case "batch", "rows", "columns": sizes[keyword] = try statements.index(&reader)
      case "operands", "results":
        var list: [BufferID] = []
        for (name, element) in try reader.takeNames("buffers") {
          list.append(try buffer(named: name, at: element, reader))
        }
        lists[keyword] = list
      case "right": system.isLeft = try reader.takeScalar(.bool).bits == 0
      case "upper": system.isLower = try reader.takeScalar(.bool).bits == 0
      case "transpose": system.isTransposed = try reader.takeScalar(.bool).bits != 0
      case "unit-diagonal": system.hasUnitDiagonal = try reader.takeScalar(.bool).bits != 0
      default:
        throw reader.error(
          reader.latest, "unknown keyword",
          expected:
            ":batch, :rows, :columns, :operands, :results, :right, :upper, :transpose or "
            + ":unit-diagonal")
      }
    }
    if case .triangularSolve = routine { routine = .triangularSolve(system) }
    guard let rows = sizes["rows"], let columns = sizes["columns"],
      let operands = lists["operands"], let results = lists["results"]
    else {
      throw reader.error(
        nil, "an incomplete routine", expected: ":rows, :columns, :operands and :results")
    }
    return MatrixRoutineCall(
      routine: routine, dtype: dtype, batch: sizes["batch"] ?? 1, rows: rows, columns: columns,
      operands: operands, results: results)
  }

  private func results(_ reader: inout FormReader) throws(SourceError) -> [ProgramResult] {
    var results: [ProgramResult] = []
    while !reader.isAtEnd {
      var pair = try FormReader(
        try reader.take("(name buffer)"), file: reader.file, isHeadless: true)
      let name = try pair.takeName("the result's name")
      let bufferName = try pair.takeName("a buffer")
      let buffer = try buffer(named: bufferName, at: pair.latest, pair)
      try pair.finish()
      results.append(ProgramResult(name: name, buffer: buffer))
    }
    return results
  }
}
