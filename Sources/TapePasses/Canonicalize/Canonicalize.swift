import ScalarIR
import TapeIR

// Brings nodes into one form, so that the passes after it meet fewer of them and equal computations
// look equal. Every rewrite keeps each bit of the results.
//
// BEFORE  (a (broadcast x :shape [4 8])       f32[4,8])       ; x is f32[4,8]
//         (b (transpose a :axes [1 0])        f32[8,4])
//         (c (transpose b :axes [1 0])        f32[4,8])
//         (d (dot b w :lhs-contract [0] :rhs-contract [0]) f32[4,3])
//         (e (mul two d)                      f32[4,3])       ; two is a constant
// AFTER   (b (transpose x :axes [1 0])        f32[8,4])       ; dead, as are a and c
//         (d (dot x w :lhs-contract [1] :rhs-contract [0]) f32[4,3])
//         (e (mul d two)                      f32[4,3])
//
// * What is its operand is replaced by it: movements that move nothing, conversions to the same
//   type, reductions along no axes.
// * Movements of movements become one where one op can say it (`MovementMap.swift`,
//   `Canonicalize+Padding.swift`).
// * Transposes of a product's operands and of its result become dimension numbers
//   (`Canonicalize+Contraction.swift`, `Canonicalize+Convolution.swift`).
// * Where operands may be exchanged, constants come last and the others in the order of the tape.
//
// Runs first: the passes after it are written for this form. It does not merge reductions or
// reorder sums, which would round differently.

extension Tape {
  /// The tape with its nodes in canonical form; what they replace stays, for dead-code to drop.
  ///
  /// - Complexity: linear in the size of the tape.
  package func canonicalized() throws(TapeError) -> Tape {
    var pass = Canonicalization(self)
    for node in nodes {
      if node.op.kind == .control, case .control(let control) = family(of: node) {
        try pass.visit(node, control)
      } else if let value = try pass.replacement(of: node) {
        pass.rewriter.replace(node, with: [value])
      } else {
        pass.rewriter.keep(node)
      }
    }
    return pass.rewriter.finish()
  }
}

/// The state of the pass: what has been built, and what the source uses more than once.
struct Canonicalization {
  var rewriter: TapeRewriter
  /// How often the source uses each value, returning it included.
  let useCounts: [Int]
  /// Whether a node of the source may fail the run, which must not depend on this pass.
  let mayFail: Bool
  /// The families of nodes that are built, as far as they have been asked for.
  private var families: [Int: Family] = [:]

  init(_ tape: Tape) {
    rewriter = TapeRewriter(tape)
    useCounts = tape.useCounts
    mayFail = tape.mayFail
  }

  /// The node in the tape that is built that computes the value, with its family.
  mutating func producer(of value: Value) -> (node: Node, family: Family)? {
    let tape = rewriter.tape
    guard let number = tape.producer(of: value) else { return nil }
    let node = tape.nodes[number]
    let family = families[number] ?? tape.family(of: node)
    families[number] = family
    return (node, family)
  }

  func shape(of value: Value) -> Shape { rewriter.builder.shape(of: value) }

  /// What to put in the node's place, or nil to keep it as it is.
  mutating func replacement(of node: Node) throws(TapeError) -> Value? {
    rewriter.builder.provenance = node.provenance
    let operands = rewriter.operands(of: node)
    switch rewriter.source.family(of: node) {
    case .source: return nil
    case .elementwise(let meaning):
      if let number = meaning.forwardedParameter { return operands[number] }
      guard meaning.isCommutative, comesLater(operands[0], than: operands[1]) else { return nil }
      return try rewriter.builder.apply(node.op, operands.reversed(), node.attributes)[0]
    case .movement(let movement): return try moved(node, operands, movement)
    case .reduction(let reduction):
      let shape = shape(of: operands[0])
      guard reduction.monoid.keepsSingleElements, reduction.axes.allSatisfy({ shape[$0] == 1 })
      else { return nil }
      if let value = try moved(node, operands, .reinterpreted) { return value }
      return try rewriter.builder.reshape(
        operands[0], to: rewriter.source.type(of: node.firstResult).shape)
    case .linearAlgebra, .host, .scan, .window: return nil
    case .convolution(let convolution):
      return try absorbingTransposes(operands, convolution)
    case .contraction(let numbers): return try absorbingTransposes(node, operands, numbers)
    case .fold, .control, .indexing, .sorting: return nil
    }
  }

  /// Whether `a` is to come after `b` where they may be exchanged.
  private mutating func comesLater(_ a: Value, than b: Value) -> Bool {
    let (isConstantA, isConstantB) = (isConstant(a), isConstant(b))
    return isConstantA == isConstantB ? b < a : isConstantA
  }

  private mutating func isConstant(_ value: Value) -> Bool {
    if case .source(.constant)? = producer(of: value)?.family { return true }
    return false
  }

  private mutating func moved(
    _ node: Node, _ operands: [Value], _ movement: Movement
  ) throws(TapeError) -> Value? {
    let shape = rewriter.source.type(of: node.firstResult).shape
    if let padding = Padding(movement, of: self.shape(of: operands[0]), to: shape) {
      return try padded(operands[0], with: operands[1], padding)
    }
    if case .mapped(let pieces) = movement, pieces.count > 1 {
      return try withoutEmptyPieces(pieces, operands)
    }
    if case .reinterpreted = movement {
      var origin = operands[0]
      while let (inner, family) = producer(of: origin), case .movement(.reinterpreted) = family {
        origin = inner.operands[0]
      }
      if origin != operands[0] || self.shape(of: origin) == shape {
        return try rewriter.builder.reshape(origin, to: shape)
      }
    }
    guard let (map, form) = composed(movement, of: operands[0], to: shape) else { return nil }
    if let cropping = map.cropping, let value = try cropped(map.operand, cropping) {
      return value
    }
    if case .transpose(let axes) = form, useCounts[node.operands[0].index] == 1,
      let product = try transposedWhole(map.operand, axes: axes)
    {
      return product
    }
    return try rewriter.builder.move(map.operand, form)
  }

  /// The movement together with those that make its operand, as far as one op can say them.
  mutating func composed(
    _ movement: Movement, of operand: Value, to shape: Shape
  ) -> (map: MovementMap, form: MovementMap.Form)? {
    guard
      var map = MovementMap(movement, of: operand, shape: self.shape(of: operand), to: shape)
    else { return nil }
    var form = map.form
    while let (inner, family) = producer(of: map.operand), case .movement(let movement) = family,
      let composed = map.composed(
        with: movement, of: inner.operands[0], shape: self.shape(of: inner.operands[0])),
      let composedForm = composed.form
    {
      (map, form) = (composed, composedForm)
    }
    return form.map { (map, $0) }
  }

  /// The transpose of a product or of a convolution, if that is itself one.
  private mutating func transposedWhole(_ value: Value, axes: [Int]) throws(TapeError) -> Value? {
    if let product = try transposedProduct(value, axes: axes) { return product }
    return try transposedConvolution(value, axes: axes)
  }

  /// The concatenation of those operands that have elements, where some have none.
  private mutating func withoutEmptyPieces(
    _ pieces: [Movement.Piece], _ operands: [Value]
  ) throws(TapeError) -> Value? {
    guard pieces.allSatisfy({ $0.domains.count == 1 }) else { return nil }
    let axis = pieces[0].domains[0].axis
    let filled = pieces.filter { $0.domains[0].lower != $0.domains[0].upper }
    if filled.count == pieces.count { return nil }
    if filled.isEmpty { return operands[0] }
    return try rewriter.builder.concat(filled.map { operands[$0.operand] }, axis: axis)
  }
}

extension Tape {
  /// How often each value is an operand or a result.
  var useCounts: [Int] {
    var counts = [Int](repeating: 0, count: types.count)
    for node in nodes {
      for operand in node.operands { counts[operand.index] += 1 }
    }
    for result in results { counts[result.value.index] += 1 }
    return counts
  }
}

extension Monoid {
  /// Whether the result for a single element is that element: the way into the state and out of it
  /// at most widens and narrows it again.
  fileprivate var keepsSingleElements: Bool {
    lift.forwardedParameter(throughConversions: true) == 0
      && finish.forwardedParameter(throughConversions: true) == 0
      && finish.resultTypes == [lift.parameters[0]]
  }
}
