import ScalarIR
import TapeIR

// Keeps NaN out of gradients where the element was not taken.
//
// BEFORE  ; of (y (select p (log x) zero)), where c is zero for elements that were not taken
//         (g (div c x) f32[4])                      ; NaN where c and x are zero
// AFTER   (g (div c x) f32[4])
//         (s (eq c zero) bool[4])
//         (t (ne g g) bool[4])
//         (u (and s t) bool[4])
//         (v (select u zero g) f32[4])
//
// Only NaN is replaced, and only where the cotangent is zero: elsewhere the product stays as it is,
// so that the gradient of this gradient is right too. Nothing is added where the cotangent was not
// masked, nor where zero certainly gives zero (a sign change, a sum, a finite constant factor).

/// Which values of a growing gradient are masked: zero at elements that were not taken.
struct CotangentMasking {
  /// The masked values that have been found so far.
  private var masked: Set<Value> = []
  private var visitedNodes: Int

  /// Masks are looked for in the nodes from `firstNode` on.
  init(firstNode: Int) {
    visitedNodes = firstNode
  }

  /// Takes the value for one that may be zero because something was not taken.
  mutating func mask(_ value: Value) { masked.insert(value) }

  /// Whether the cotangent may be zero because something was not taken.
  mutating func isMasked(_ cotangent: Value, in tape: Tape) -> Bool {
    lookAtNewNodes(of: tape)
    return masked.contains(cotangent)
  }

  /// `product`, computed from a masked `cotangent`; zero where that is zero and the product is NaN.
  func unmasked(
    _ product: Value, from cotangent: Value, _ builder: inout TapeBuilder
  ) throws(TapeError) -> Value {
    if isZero(product, whereZero: cotangent, builder.tape) { return product }
    let isUntaken = try builder.op(.eq, cotangent, builder.splat(0, like: cotangent))
    let isNaN = try builder.op(.ne, product, product)
    let zero = try builder.splat(0, like: product)
    return try builder.op(.select, builder.op(.and, isUntaken, isNaN), zero, product)
  }

  /// A choice, a concatenation, a padding and a scatter put zeros where nothing was taken; what is
  /// computed from such values may have zeros there too.
  private mutating func lookAtNewNodes(of tape: Tape) {
    for number in visitedNodes..<tape.nodes.count {
      let node = tape.nodes[number]
      if node.operands.contains(where: masked.contains) || tape.family(of: node).chooses {
        masked.formUnion(node.results)
      }
    }
    visitedNodes = tape.nodes.count
  }

  /// Whether `product` is certainly zero at each element where `cotangent` is.
  private func isZero(_ product: Value, whereZero cotangent: Value, _ tape: Tape) -> Bool {
    if product == cotangent { return true }
    guard let number = tape.producer(of: product) else { return false }
    let node = tape.nodes[number]
    guard case .elementwise(let meaning) = tape.family(of: node) else { return false }
    // One step is looked at: the operands are the cotangent, constants, or unknown.
    return meaning.isZero(
      for: node.operands.map { operand in
        if operand == cotangent { return .zero }
        guard let producer = tape.producer(of: operand),
          case .source(.constant(let literal)) = tape.family(of: tape.nodes[producer]),
          let value = literal.splatValue
        else { return .unknown }
        return KnownValue(value)
      })
  }
}

extension Family {
  /// Whether elements are taken from one operand or another.
  fileprivate var chooses: Bool {
    switch self {
    case .elementwise(let meaning):
      guard let result = meaning.results.first, case .select = meaning.nodes[result.index] else {
        return false
      }
      return true
    case .movement(.mapped(let pieces)): return pieces.count > 1
    case .indexing(.scatter): return true
    case .movement(.reinterpreted), .source, .reduction, .fold, .scan, .window, .contraction,
      .convolution, .control, .indexing(.gather), .sorting, .linearAlgebra, .host:
      return false
    }
  }
}

/// What is known of a scalar.
private enum KnownValue: Hashable {
  case zero
  /// A finite constant other than zero.
  case finite
  case unknown

  init(_ value: ScalarValue) {
    self = value.isZero ? .zero : value.double.isFinite ? .finite : .unknown
  }
}

extension ScalarExpr {
  /// Whether the first result is zero, of either sign, for arguments of which that much is known.
  fileprivate func isZero(for arguments: [KnownValue]) -> Bool {
    var known: [KnownValue] = []
    for node in nodes {
      let operands = ScalarExpr.operands(of: node).map { known[$0.index] }
      let areZero = operands.allSatisfy { $0 == .zero }
      let value: KnownValue
      switch node {
      case .parameter(let number): value = arguments[number]
      case .constant(let constant): value = KnownValue(constant)
      case .unary(.neg, _), .unary(.abs, _), .convert: value = operands[0]
      case .binary(.add, _, _), .binary(.sub, _, _): value = areZero ? .zero : .unknown
      case .binary(.mul, _, _):
        let isFinite = !operands.contains(.unknown)
        value = isFinite && operands.contains(.zero) ? .zero : .unknown
      case .binary(.div, _, _): value = operands == [.zero, .finite] ? .zero : .unknown
      case .select: value = operands[1] == .zero && operands[2] == .zero ? .zero : .unknown
      case .unary, .binary, .compare, .fma, .bitcast, .rarely: value = .unknown
      }
      known.append(value)
    }
    return results.first.map { known[$0.index] == .zero } ?? false
  }
}
