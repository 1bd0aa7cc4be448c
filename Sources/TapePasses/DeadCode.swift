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
    var rewriter = TapeRewriter(self)
    for (node, isNeeded) in zip(nodes, neededNodes) where isNeeded { rewriter.keep(node) }
    return rewriter.finish()
  }
}
