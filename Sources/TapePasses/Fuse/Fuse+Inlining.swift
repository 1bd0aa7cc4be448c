import ScalarIR
import TapeIR

// What has no kernel and no buffer of its own: movements, constants and cheap scalars are computed where
// they are used, some reshapes are their operand's buffer under another shape.

extension FusionPass {
  /// Whether something uses the node's value as a whole: the caller, a product, a reinterpretation.
  private func needsBuffer(_ node: Node) -> Bool {
    let value = node.firstResult
    return isResult[value.index]
      || users[value.index].contains { readsWhole($0, value) || isAlias[$0] }
  }

  /// Whether the node reads the operand as a buffer instead of element by element.
  private func readsWhole(_ number: Int, _ value: Value) -> Bool {
    let operands = tape.nodes[number].operands
    return operands.indices.contains { operands[$0] == value && families[number].readsWhole($0) }
  }

  /// Backwards, so that what a node's users are is known when the node is looked at.
  mutating func chooseInlined() {
    for number in tape.nodes.indices.reversed() {
      let node = tape.nodes[number]
      switch families[number] {
      case .source(.constant(let literal)):
        isInlined[number] = literal.splatValue != nil && !needsBuffer(node)
      case .source(.iota), .movement(.mapped):
        isInlined[number] = !needsBuffer(node)
      case .movement(.reinterpreted):
        let pieces = Movement.reinterpreted.pieces(
          operand: tape.type(of: node.operands[0]).shape,
          result: tape.type(of: node.firstResult).shape)
        isAlias[number] = pieces == nil || needsBuffer(node)
        isInlined[number] = !isAlias[number]
      case .source(.generated), .elementwise, .reduction, .fold, .scan, .window, .contraction,
        .convolution, .control, .indexing, .sorting, .linearAlgebra, .host:
        break
      }
    }
    var cost = [Int](repeating: 0, count: tape.types.count)
    var depth = cost
    for (number, node) in tape.nodes.enumerated() {
      // A value of several pieces is looked for in each of them.
      let least = isInlined[number] && node.operands.count > 1 ? 1 : 0
      let operandCost = node.operands.reduce(0) { min(1 << 20, $0 + max(least, cost[$1.index])) }
      if isInlined[number], !node.operands.isEmpty {
        depth[node.firstResult.index] = 1 + node.operands.map { depth[$0.index] }.reduce(0, max)
        if depth[node.firstResult.index] > options.inlineLimit || operandCost > options.inlineLimit
        {
          isInlined[number] = false
          depth[node.firstResult.index] = 0
        }
      }
      if isInlined[number] { cost[node.firstResult.index] = operandCost }
      guard case .elementwise(let meaning) = families[number] else { continue }
      let total = operandCost + meaning.nodes.count
      let type = tape.type(of: node.firstResult)
      if type.shape.elementCount == 1, total <= options.inlineLimit, !needsBuffer(node) {
        isInlined[number] = true
        cost[node.firstResult.index] = total
      }
    }
  }
}
