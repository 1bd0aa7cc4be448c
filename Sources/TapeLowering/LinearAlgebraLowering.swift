import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// A routine of linear algebra is a library call on the operands' buffers as they are: matrices are the
// last two axes, and those before them count batch entries.

extension Lowering {
  mutating func lowerLinearAlgebra(_ group: FusionGroup) {
    let tape = fused.tape
    for number in group.nodes {
      let node = tape.nodes[number]
      guard case .linearAlgebra(let routine) = tape.family(of: node) else { continue }
      let type = tape.type(of: node.operands[node.operands.count - 1])
      let (operands, results) = (
        node.operands.compactMap { buffers[$0] }, node.results.compactMap { buffers[$0] }
      )
      steps.append(
        .call(
          .matrixRoutine(
            MatrixRoutineCall(
              routine: routine, dtype: type.dtype,
              batch: Index(AxisGroup.extent(Array(0..<(type.rank - 2)), in: type.shape)),
              rows: Index(type.shape[type.rank - 2]), columns: Index(type.shape[type.rank - 1]),
              operands: operands, results: results))))
    }
  }
}
