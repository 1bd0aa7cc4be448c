import ScalarIR
import TapeIR

// Computes what depends on constants only.
//
// BEFORE  (two (constant 2 :type f32[4,B])     f32[4,B])
//         (h (sqrt two)                        f32[4,B])
//         (l (constant [1 2 3] :type f32[3])   f32[3])
//         (r (reduce-sum l :axes [0])          f32[])
//         (w (broadcast l :shape [1000 3])     f32[1000,3])
// AFTER   (h (constant 1.4142135 :type f32[4,B]) f32[4,B])
//         (r (constant 6 :type f32[])          f32[])
//         (w (broadcast l :shape [1000 3])     f32[1000,3])
//
// A value that is the same everywhere stays that, of any size: one element is computed. Others are
// computed by the reference interpreter, up to a limit of work. What would only take more memory,
// such as w, is left alone, and so are coordinates and random numbers, which are cheap to make anew.
//
// Runs after canonicalize, so that chains of movements are short, and before algebra, which looks
// for constants that are the same everywhere.

/// Limits of folding.
package struct FoldingOptions: Hashable, Sendable {
  /// The most elements that the operands of a folded node have together, its result, and the
  /// products of a contraction.
  package var elementLimit = 1 << 16
  /// The most elements of coordinates or random numbers that become a constant.
  package var generatedLimit = 16

  package init() {}
}

extension Tape {
  /// The tape with constants for nodes whose operands are constants.
  ///
  /// - Complexity: linear in the size of the tape, with up to the limit of work a node.
  package func foldingConstants(
    options: FoldingOptions = FoldingOptions()
  ) throws(TapeError) -> Tape {
    var pass = ConstantFolding(rewriter: TapeRewriter(self), options: options)
    for node in nodes { try pass.visit(node) }
    return pass.rewriter.finish()
  }
}

private struct ConstantFolding {
  var rewriter: TapeRewriter
  let options: FoldingOptions
  /// The constants of the new tape; those that are the same everywhere have no axes.
  var constants: [Value: Literal] = [:]

  mutating func visit(_ node: Node) throws(TapeError) {
    rewriter.builder.provenance = node.provenance
    let operands = rewriter.operands(of: node)
    let literals = operands.compactMap { constants[$0] }
    if literals.count < operands.count { return rewriter.keep(node) }
    let family = rewriter.source.family(of: node)
    let types = node.results.map { rewriter.source.type(of: $0) }
    if case .source(.constant(let literal)) = family {
      rewriter.keep(node)
      remember(literal, as: rewriter[node.firstResult])
      return
    }
    let operandTypes = operands.map(rewriter.builder.type(of:))
    guard let folded = try folded(family, literals, operandTypes, types, node.op.name) else {
      return rewriter.keep(node)
    }
    var values: [Value] = []
    for (literal, type) in zip(folded, types) {
      values.append(try add(literal, type))
    }
    rewriter.replace(node, with: values)
  }

  private mutating func remember(_ literal: Literal, as value: Value) {
    constants[value] = literal.splatValue.map { Literal(splat: $0) } ?? literal
  }

  private mutating func add(_ literal: Literal, _ type: TensorType) throws(TapeError) -> Value {
    let value =
      if let splat = literal.splatValue {
        try rewriter.builder.splat(splat, type.shape)
      } else {
        try rewriter.builder.literal(literal)
      }
    remember(literal, as: value)
    return value
  }

  /// The results, or nil where they are not to be computed now.
  private func folded(
    _ family: Family, _ literals: [Literal], _ operandTypes: [TensorType], _ types: [TensorType],
    _ name: String
  ) throws(TapeError) -> [Literal]? {
    if let uniform = uniform(family, literals) { return uniform.map { Literal(splat: $0) } }
    guard isWorthwhile(family, operandTypes, types) else { return nil }
    var operands: [Literal] = []
    for (literal, type) in zip(literals, operandTypes) {
      guard let sizes = type.shape.sizes else { return nil }
      operands.append(literal.splatValue.map { Literal(splat: $0, sizes: sizes) } ?? literal)
    }
    do {
      return try TapeInterpreter.evaluate(family, operands, resultTypes: types, name: name)
    } catch {
      // An index out of bounds is an error of the run, not of compiling it.
      if case .index = error { return nil }
      throw error
    }
  }

  /// The elements of results that are the same everywhere because the operands are.
  private func uniform(_ family: Family, _ literals: [Literal]) -> [ScalarValue]? {
    let elements = literals.compactMap(\.splatValue)
    guard let first = elements.first, elements.count == literals.count else { return nil }
    switch family {
    case .elementwise(let meaning): return meaning.evaluate(elements)
    case .movement: return elements.allSatisfy { $0 == first } ? [first] : nil
    case .source, .reduction, .fold, .scan, .window, .contraction, .convolution, .control,
      .indexing,
      .sorting, .linearAlgebra, .host:
      return nil
    }
  }

  /// Whether sizes are known, and the work and the memory within bounds.
  private func isWorthwhile(
    _ family: Family, _ operandTypes: [TensorType], _ types: [TensorType]
  ) -> Bool {
    guard let operandCount = elementCount(operandTypes), let resultCount = elementCount(types),
      operandCount <= options.elementLimit, resultCount <= options.elementLimit
    else { return false }
    switch family {
    case .source(.constant): return false
    case .source(.iota), .source(.generated): return resultCount <= options.generatedLimit
    case .elementwise, .reduction, .fold, .scan: return true
    case .movement, .indexing: return resultCount <= operandCount
    case .sorting: return operandCount <= options.generatedLimit
    case .linearAlgebra, .host: return false
    case .convolution(let convolution):
      let kernel = operandTypes[1].shape.dims.enumerated()
      let terms = kernel.reduce(1 as Dim) { terms, size in
        size.offset == convolution.kernel.outer ? terms : terms * size.element
      }
      return (terms * .constant(resultCount)).constant.map { $0 <= options.elementLimit } ?? false
    case .window(let window):
      let terms = window.axes.reduce(.constant(resultCount)) { $0 * .constant($1.size) }
      return terms.constant.map { $0 <= options.elementLimit } ?? false
    case .contraction(let numbers):
      let terms = numbers.lhsContract.reduce(1) { $0 * operandTypes[0].shape[$1] }
      return (terms * .constant(resultCount)).constant.map { $0 <= options.elementLimit } ?? false
    case .control: return false
    }
  }

  /// The elements of all types together; nil where a size is symbolic, even beside a size of 0.
  private func elementCount(_ types: [TensorType]) -> Int? {
    if types.contains(where: \.shape.isSymbolic) { return nil }
    return types.reduce(0 as Dim) { $0 + $1.shape.elementCount }.constant
  }
}
