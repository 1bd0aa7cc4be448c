import LoopIR
import TapeIR
import TapePasses

// A function of the user's is called on its operands' and results' buffers as they are.

extension Lowering {
  mutating func lowerHostFunction(_ group: FusionGroup) {
    for number in group.nodes {
      let node = fused.tape.nodes[number]
      guard case .host(let function) = fused.tape.family(of: node) else { continue }
      steps.append(
        .call(
          .host(
            HostCall(
              function, operands: node.operands.compactMap { buffers[$0] },
              results: node.results.compactMap { buffers[$0] }))))
    }
  }
}
