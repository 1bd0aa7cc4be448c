import TapeIR

// Some ops fail for some values of their operands. That they do must not depend on which passes run, so
// passes drop such a node only where no result needs it.

extension Tape {
  /// Whether a run of the node fails for some values of its operands.
  func mayFail(_ node: Node) -> Bool {
    switch node.op.kind {
    case .host: return true
    case .indexing:
      guard case .indexing(let indexing) = family(of: node) else { return false }
      return indexing.check != nil
    case .control:
      guard case .control(let control) = family(of: node) else { return false }
      return control.bodies.contains { $0.tape.mayFail }
    case .source, .elementwise, .movement, .reduction, .fold, .scan, .window, .contraction,
      .sorting, .linearAlgebra:
      return false
    }
  }

  /// Whether a run of a node fails for some values.
  var mayFail: Bool { nodes.contains { mayFail($0) } }
}
