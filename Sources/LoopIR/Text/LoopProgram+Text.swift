import SExpression
import ScalarIR

// A program in text:
//
//   (program NAME
//     (symbols B N)
//     (buffer x f32 (mul B 8) :input 0)
//     (buffer c f32 4 :constant [1 2 3 4])          a scalar where all elements are the same;
//                                                    :shape [2 2] where it is not one axis
//     (buffer t f32 4 :temporary :offset 64)         the offset once the memory plan has run
//     (buffer y f32 32 :output)
//     (buffer s f32 8 :slice y i)                    part i of y, in the loop with the counter i
//     (kernel k0 [(x f32 :read) (y f32 :write)] :origins [exp add] STATEMENT…)
//     (launch k0 [x y])
//     (copy x t)                                     all elements of x to t
//     (exchange t u)                                 two temporaries change places
//     (if p (then STEP…) (else STEP…))               p is a buffer of one bool
//     (while p (test STEP…) (do STEP…))              the test writes p
//     (for i 4 [:reversed] STEP…)
//     (matrix-product f32 :batch 1 :m 4 :n 8 :k 3 :a x :b w :c t :transpose-a true)
//     (host-call f :operands [x] :results [y])       a function of the user's: cannot be read back
//     (check s "take" u32 :sizes [3 2] :limits [7 5] :vector-axis 1)
//     (matrix-routine qr f32 :batch 1 :rows 4 :columns 2 :operands [x] :results [q r])
//     (arena 4096)
//     (return (NAME y)))
//
// A name that does not read as a symbol is written as a string.

extension LoopProgram: CustomStringConvertible {
  package var description: String { text }

  /// The canonical text, which parses back to an equal program.
  package var text: String {
    var printer = OutlinePrinter()
    printer.print(.nest([.symbol("program"), .name(name)], parts), indent: 0)
    return printer.text + "\n"
  }

  private var parts: [Outline] {
    var parts: [Outline] = []
    func append(_ expression: SExpression) { parts.append(.line([expression])) }
    if !symbols.isEmpty { append(.form("symbols", symbols.map(SExpression.name))) }
    for buffer in buffers { append(expression(of: buffer)) }
    for kernel in kernels { parts.append(kernel.outline) }
    parts += steps.map(outline)
    if let arenaBytes { append(.form("arena", arenaBytes.expression)) }
    append(
      .form(
        "return",
        results.map { SExpression(.form([.name($0.name), bufferName($0.buffer)])) }))
    return parts
  }

  private func outline(of step: Step) -> Outline {
    func nest(_ head: String, _ steps: [Step]) -> Outline {
      .nest([.symbol(head)], steps.map(outline))
    }
    switch step {
    case .launch, .call, .check, .copy, .exchange: return .line([expression(of: step)])
    case .branch(let branch):
      return .nest(
        [.symbol("if"), bufferName(branch.predicate)],
        [nest("then", branch.then), nest("else", branch.otherwise)])
    case .whileLoop(let loop):
      return .nest(
        [.symbol("while"), bufferName(loop.predicate)],
        [nest("test", loop.condition), nest("do", loop.body)])
    case .countedLoop(let loop):
      let direction = loop.isReversed ? [SExpression.keyword("reversed")] : []
      return .nest(
        [.symbol("for"), .name(loop.counter.name), loop.extent.expression] + direction,
        loop.body.map(outline))
    }
  }

  /// A step without steps in it.
  private func expression(of step: Step) -> SExpression {
    switch step {
    case .check(let check): return expression(of: check)
    case .copy(let copy): return .form("copy", bufferName(copy.source), bufferName(copy.target))
    case .exchange(let exchange):
      return .form("exchange", bufferName(exchange.first), bufferName(exchange.second))
    case .branch, .whileLoop, .countedLoop: return .form("steps")
    case .launch(let launch):
      let kernel =
        kernels.indices.contains(launch.kernel) ? kernels[launch.kernel].name : "?\(launch.kernel)"
      return .form("launch", .name(kernel), .list(launch.arguments.map(bufferName)))
    case .call(.matrixProduct(let product)):
      var operands: [SExpression] = [.symbol(product.dtype.name)]
      for (key, index) in [
        ("batch", product.batch), ("m", product.m), ("n", product.n), ("k", product.k),
      ] {
        operands += [.keyword(key), index.expression]
      }
      for (key, buffer) in [("a", product.a), ("b", product.b), ("c", product.c)] {
        operands += [.keyword(key), bufferName(buffer)]
      }
      for (key, flag) in [
        ("transpose-a", product.isTransposedA), ("transpose-b", product.isTransposedB),
      ] where flag {
        operands += [.keyword(key), SExpression(.boolean(true))]
      }
      return .form("matrix-product", operands)
    case .call(.matrixRoutine(let call)): return expression(of: call)
    case .call(.host(let call)):
      return .form(
        "host-call",
        [
          .name(call.function.name), .keyword("operands"),
          .list(call.operands.map(bufferName)), .keyword("results"),
          .list(call.results.map(bufferName)),
        ])
    }
  }

  private func expression(of check: ProgramCheck) -> SExpression {
    var operands: [SExpression] = [
      bufferName(check.status), .name(check.op), .symbol(check.dtype.name),
      .keyword("sizes"), .list(check.sizes.map(\.expression)),
      .keyword("limits"), .list(check.limits.map(\.expression)),
    ]
    if let axis = check.vectorAxis { operands += [.keyword("vector-axis"), .integer(axis)] }
    return .form("check", operands)
  }

  private func expression(of call: MatrixRoutineCall) -> SExpression {
    var parts: [SExpression] = [.symbol(call.routine.name), .symbol(call.dtype.name)]
    for (key, index) in [("batch", call.batch), ("rows", call.rows), ("columns", call.columns)] {
      parts += [.keyword(key), index.expression]
    }
    parts += [.keyword("operands"), .list(call.operands.map(bufferName))]
    parts += [.keyword("results"), .list(call.results.map(bufferName))]
    if case .triangularSolve(let system) = call.routine {
      for (key, flag) in [
        ("right", !system.isLeft), ("upper", !system.isLower), ("transpose", system.isTransposed),
        ("unit-diagonal", system.hasUnitDiagonal),
      ] where flag {
        parts += [.keyword(key), SExpression(.boolean(true))]
      }
    }
    return .form("matrix-routine", parts)
  }

  private func bufferName(_ buffer: BufferID) -> SExpression {
    .name(buffers.indices.contains(buffer.index) ? buffers[buffer.index].name : "?\(buffer.index)")
  }
}

extension LoopProgram {
  fileprivate func expression(of buffer: BufferDeclaration) -> SExpression {
    .form(
      "buffer",
      [.name(buffer.name), .symbol(buffer.dtype.name), buffer.count.expression]
        + roleExpressions(buffer.role, count: buffer.count))
  }

  private func roleExpressions(
    _ role: BufferDeclaration.Role, count: Index
  ) -> [SExpression] {
    switch role {
    case .slice(let source, let counter):
      return [.keyword("slice"), bufferName(source), .name(counter.name)]
    case .input(let number): return [.keyword("input"), .integer(number)]
    case .constant(let literal):
      let value =
        literal.splatValue?.expression
        ?? .list((0..<literal.count).map { literal[$0].expression })
      if let count = count.constant, literal.sizes == [count] {
        return [.keyword("constant"), value]
      }
      return [
        .keyword("constant"), value, .keyword("shape"),
        .list(literal.sizes.map(SExpression.integer)),
      ]
    case .output: return [.keyword("output")]
    case .temporary(nil): return [.keyword("temporary")]
    case .temporary(let offset?):
      return [.keyword("temporary"), .keyword("offset"), offset.expression]
    }
  }
}

extension Kernel: CustomStringConvertible {
  /// The kernel's text, as it stands in a program's.
  package var description: String {
    var printer = OutlinePrinter()
    printer.print(outline, indent: 0)
    return printer.text
  }

  fileprivate var outline: Outline {
    var details: [[SExpression]] = [[.list(parameters.map(\.expression))]]
    if !origins.isEmpty {
      details.append([.keyword("origins"), .list(origins.map(SExpression.name))])
    }
    let head: [SExpression] = [.symbol("kernel"), .name(name)]
    let line = head + details.flatMap { $0 }
    let statements = body.map(\.outline)
    let width = line.reduce(1) { $0 + $1.description.unicodeScalars.count + 1 }
    return width <= OutlinePrinter.width - 2
      ? .nest(line, statements)
      : .nest(head, details.map(Outline.line) + statements)
  }
}

extension ArrayParameter {
  fileprivate var expression: SExpression {
    let access: SExpression =
      switch self.access {
      case .read: .keyword("read")
      case .write: .keyword("write")
      case .readWrite: .keyword("read-write")
      }
    return SExpression(.form([.name(name), .symbol(dtype.name), access]))
  }
}

/// Writes outlines, each line as wide as `width` where its atoms allow that.
private struct OutlinePrinter {
  static let width = 100
  var text = ""

  mutating func print(_ outline: Outline, indent: Int) {
    switch outline {
    case .line(let expressions):
      for (number, expression) in expressions.enumerated() {
        if number > 0 { text += " " }
        let lines = expression.prettyPrinted(width: max(40, Self.width - indent))
        text += lines.replacingLineBreaks(with: "\n" + String(repeating: " ", count: indent))
      }
    case .nest(let head, let children):
      text += "(" + head.map(\.description).joined(separator: " ")
      for child in children {
        text += "\n" + String(repeating: " ", count: indent + 2)
        print(child, indent: indent + 2)
      }
      text += ")"
    }
  }
}

extension String {
  /// The text with each line break replaced.
  fileprivate func replacingLineBreaks(with separator: String) -> String {
    split(separator: "\n", omittingEmptySubsequences: false).joined(separator: separator)
  }
}
