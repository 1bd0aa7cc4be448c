import ScalarIR
import TapeIR

// BEFORE  (t (transpose a :axes [1 0])                        f32[8,4])     ; a is f32[4,8]
//         (y (dot t b :lhs-contract [0] :rhs-contract [0])    f32[4,3])
//         (z (transpose y :axes [1 0])                        f32[3,4])
// AFTER   (z (dot b a :lhs-contract [0] :rhs-contract [1])    f32[3,4])
//
// A product names its axes, so a transpose of an operand is only another set of names, as long as
// the free axes come out in the same order. A transpose of the result exchanges the operands: each
// product of two elements is the same either way, and sums run in the same order. The latter is
// done only where the product has no other user, which would have it computed twice.

extension Canonicalization {
  /// The product of what the operands are transposes of, where there is such a one.
  mutating func absorbingTransposes(
    _ node: Node, _ operands: [Value], _ numbers: Contraction
  ) throws(TapeError) -> Value? {
    let lhs = untransposed(operands[0], numbers.lhsBatch, numbers.lhsContract)
    let rhs = untransposed(operands[1], numbers.rhsBatch, numbers.rhsContract)
    if lhs == nil, rhs == nil { return nil }
    let (a, b) = (lhs?.value ?? operands[0], rhs?.value ?? operands[1])
    return try rewriter.builder.contract(
      a, b,
      Contraction(
        lhsBatch: lhs?.batch ?? numbers.lhsBatch, rhsBatch: rhs?.batch ?? numbers.rhsBatch,
        lhsContract: lhs?.contract ?? numbers.lhsContract,
        rhsContract: rhs?.contract ?? numbers.rhsContract))
  }

  /// What the value is a transpose of, and where the given axes are there; nil where it is no
  /// transpose, or the other axes are not in the same order there.
  private mutating func untransposed(
    _ value: Value, _ batch: [Int], _ contract: [Int]
  ) -> (value: Value, batch: [Int], contract: [Int])? {
    guard let (node, family) = producer(of: value), case .movement(let movement) = family,
      let map = MovementMap(
        movement, of: node.operands[0], shape: shape(of: node.operands[0]), to: shape(of: value)),
      case .transpose(let axes) = map.form
    else { return nil }
    let free = axes.indices.filter { !batch.contains($0) && !contract.contains($0) }
    let freeInOrigin = free.map { axes[$0] }
    guard freeInOrigin == freeInOrigin.sorted() else { return nil }
    return (node.operands[0], batch.map { axes[$0] }, contract.map { axes[$0] })
  }

  /// The transpose of a product, if that is itself a product: batch axes first, in any order, and
  /// the free axes of each operand in order.
  mutating func transposedProduct(_ value: Value, axes: [Int]) throws(TapeError) -> Value? {
    guard let (node, family) = producer(of: value), case .contraction(let numbers) = family else {
      return nil
    }
    let (a, b) = (node.operands[0], node.operands[1])
    let batchCount = numbers.lhsBatch.count
    let freeA = numbers.lhsFree(rank: shape(of: a).rank).indices.map { batchCount + $0 }
    let freeB = numbers.rhsFree(rank: shape(of: b).rank).indices.map {
      batchCount + freeA.count + $0
    }
    let batch = axes.prefix(batchCount)
    guard batch.allSatisfy({ $0 < batchCount }) else { return nil }
    let (lhsBatch, rhsBatch) = (
      batch.map { numbers.lhsBatch[$0] }, batch.map { numbers.rhsBatch[$0] }
    )
    let free = Array(axes.dropFirst(batchCount))
    if free == freeA + freeB {
      return try rewriter.builder.contract(
        a, b,
        Contraction(
          lhsBatch: lhsBatch, rhsBatch: rhsBatch, lhsContract: numbers.lhsContract,
          rhsContract: numbers.rhsContract))
    }
    if free == freeB + freeA {
      return try rewriter.builder.contract(
        b, a,
        Contraction(
          lhsBatch: rhsBatch, rhsBatch: lhsBatch, lhsContract: numbers.rhsContract,
          rhsContract: numbers.lhsContract))
    }
    return nil
  }
}
