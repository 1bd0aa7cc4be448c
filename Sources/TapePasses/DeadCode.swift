import TapeIR

// Leaves out nodes that no result needs. Parameters stay: they are the tape's signature.
//
// BEFORE  (tape t [(x f32[4])]
//           (a (exp x) f32[4])
//           (b (neg x) f32[4])
//           (return b))
// AFTER   (tape t [(x f32[4])]
//           (b (neg x) f32[4])
//           (return b))
//
// A choice and a scan give only what somebody needs, a scan its carries in any case.
//
// Runs last: the other passes leave behind what they have replaced.

extension Tape {
  /// The tape without nodes that no result needs.
  ///
  /// - Complexity: linear in the size of the tape.
  package func withoutDeadCode() -> Tape {
    var rewriter = TapeRewriter(self)
    let isLive = neededNodes
    let isNeeded = neededValues(isLive)
    for (node, isLive) in zip(nodes, isLive) where isLive {
      guard node.op.kind == .control, case .control(let control) = family(of: node),
        !control.bodies.contains(where: { $0.tape.mayFail }),
        let smaller = control.giving(node.results.map { isNeeded[$0.index] })
      else {
        rewriter.keep(node)
        continue
      }
      let kept = node.results.indices.filter { smaller.keeps[$0] }
      let values = rewriter.builder.add(
        node.op, rewriter.operands(of: node), smaller.attributes,
        types: kept.map { type(of: node.results[$0]) }, provenance: node.provenance)
      for (number, value) in zip(kept, values) {
        rewriter.replace(node.results[number], with: value)
      }
    }
    return rewriter.finish()
  }

  /// For each value whether a result or a live node needs it.
  private func neededValues(_ isLive: [Bool]) -> [Bool] {
    var isNeeded = [Bool](repeating: false, count: types.count)
    for result in results { isNeeded[result.value.index] = true }
    for (node, isLive) in zip(nodes, isLive) where isLive {
      for operand in node.operands { isNeeded[operand.index] = true }
    }
    return isNeeded
  }
}

extension Control {
  /// The attributes of the op that gives only some of the results; nil where it gives no fewer.
  ///
  /// - Parameter isNeeded: whether each result is needed; one at least is.
  fileprivate func giving(
    _ isNeeded: [Bool]
  ) -> (attributes: Attributes, keeps: [Bool])? {
    func body(_ body: Body, _ keeps: [Bool]) -> AttributeValue {
      let results = zip(body.tape.results, keeps).filter(\.1).map(\.0)
      return .tape(Body(body.giving(results).tape.withoutDeadCode()))
    }
    switch self {
    case .cond(let then, let otherwise):
      guard isNeeded.contains(false) else { return nil }
      return (
        [.then: body(then, isNeeded), .otherwise: body(otherwise, isNeeded)], isNeeded
      )
    case .scan(let scan):
      let keeps = isNeeded.enumerated().map { $0.offset < scan.carryCount || $0.element }
      guard keeps.contains(false), keeps.contains(true) else { return nil }
      var attributes = scan.attributes
      attributes[.body] = body(scan.body, keeps)
      return (attributes, keeps)
    case .whileLoop: return nil
    }
  }
}
