import TapeIR

// Computes once what is written twice: the same op with the same attributes on the same operands.
//
// BEFORE  (a (exp x)   f32[4])
//         (b (exp x)   f32[4])
//         (y (add a b) f32[4])
// AFTER   (a (exp x)   f32[4])
//         (y (add a a) f32[4])
//
// Bodies that compute the same are the same, whatever is called what in them, and scans that only
// differ in what they give become one (`MergeScans.swift`).
//
// Every op is pure, so it does not matter where the first of the equal nodes stands. One walk from
// front to back is enough, because operands are replaced before their users are looked at. Runs
// after the passes that bring nodes into one form, and before the dead code that it leaves is
// dropped.

extension Tape {
  /// The tape in which no two nodes compute the same in the same words.
  ///
  /// - Complexity: linear in the size of the tape.
  package func withoutCommonSubexpressions() -> Tape {
    var rewriter = TapeRewriter(self)
    for node in nodes { rewriter.keep(node) }
    return rewriter.finish().mergingScans()
  }
}
