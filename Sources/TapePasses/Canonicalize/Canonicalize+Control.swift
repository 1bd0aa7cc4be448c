import ScalarIR
import TapeIR

// What control flow leaves as it is, and what is decided before it runs.
//
// BEFORE  (p (constant true))
//         ([a] (cond p x :then (tape t [(x f32[4])] (y (neg x)) (return y)) :else …))
//         ([i w] (while i0 w0 :cond … :body (tape b [(i i32[]) (w f32[4])] … (return j w))))
//         (y (mul w a))
// AFTER   (a (neg x))
//         (y (mul w0 a))                     ; the body hands w on as it is

extension Canonicalization {
  mutating func visit(_ node: Node, _ control: Control) throws(TapeError) {
    rewriter.builder.provenance = node.provenance
    let operands = rewriter.operands(of: node)
    switch control {
    case .cond(let then, let otherwise):
      guard case .source(.constant(let literal))? = producer(of: operands[0])?.family,
        let taken = literal.splatValue
      else {
        rewriter.keep(node)
        return
      }
      let body = taken.isZero ? otherwise : then
      if mayFail, !body.usesAllParameters {
        rewriter.keep(node)
        return
      }
      let values = try rewriter.builder.inline(body, Array(operands.dropFirst()))
      rewriter.replace(node, with: values)
    case .whileLoop(_, let body): keep(node, on: operands, carries: operands.count, of: body)
    case .scan(let scan): keep(node, on: operands, carries: scan.carryCount, of: scan.body)
    }
  }

  /// Takes a loop over; carries that never change are what they are outside.
  private mutating func keep(
    _ node: Node, on operands: [Value], carries count: Int, of body: Body
  ) {
    rewriter.keep(node)
    if body.tape.mayFail { return }
    var values = node.results.map { rewriter[$0] }
    for carry in 0..<count where body.passesThrough(carry) { values[carry] = operands[carry] }
    rewriter.replace(node, with: values)
  }
}

extension Body {
  /// Whether nothing that the body is given would be dropped with it.
  fileprivate var usesAllParameters: Bool {
    var used = Set(tape.results.map(\.value))
    for node in tape.nodes { used.formUnion(node.operands) }
    return tape.parameters.allSatisfy(used.contains)
  }
}
