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
// Runs last: the other passes leave behind what they have replaced.

extension Tape {
  /// The tape without nodes that no result needs.
  ///
  /// - Complexity: linear in the size of the tape.
  package func withoutDeadCode() -> Tape {
    let isLive = liveNodes()
    var rewriter = TapeRewriter(self)
    for (node, isLive) in zip(nodes, isLive) where isLive { rewriter.keep(node) }
    return rewriter.finish()
  }

  /// For each node whether a result needs it.
  private func liveNodes() -> [Bool] {
    var isNeeded = [Bool](repeating: false, count: types.count)
    for result in results { isNeeded[result.value.index] = true }
    var isLive = [Bool](repeating: false, count: nodes.count)
    for (number, node) in nodes.enumerated().reversed() {
      guard node.results.contains(where: { isNeeded[$0.index] }) else { continue }
      isLive[number] = true
      for operand in node.operands { isNeeded[operand.index] = true }
    }
    return isLive
  }
}
