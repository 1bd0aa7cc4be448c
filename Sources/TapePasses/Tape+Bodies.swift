import TapeIR

extension Tape {
  /// The tape with each body in it transformed; what a body takes and gives stays of its types.
  ///
  /// - Complexity: linear in the size of the tape; O(nodes) without bodies.
  func mappingBodies(
    _ transform: (Tape) throws(TapeError) -> Tape
  ) throws(TapeError) -> Tape {
    guard nodes.contains(where: { !Tape.bodies(of: $0).isEmpty }) else { return self }
    var rewriter = TapeRewriter(self)
    for node in nodes {
      if Tape.bodies(of: node).isEmpty {
        rewriter.keep(node)
        continue
      }
      var attributes = node.attributes
      for entry in attributes.entries {
        if case .tape(let body) = entry.value {
          attributes[entry.key] = .tape(Body(try transform(body.tape)))
        }
      }
      rewriter.keep(node, with: attributes)
    }
    return rewriter.finish()
  }
}
