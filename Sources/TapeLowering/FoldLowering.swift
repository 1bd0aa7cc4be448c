import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// Reductions by any function, element after element. Kept axes after the last reduced one are
// columns, which are folded side by side, so that memory is read in long runs; other kept axes are
// rows, which threads may share.

extension Lowering {
  mutating func lowerFold(_ group: FusionGroup, _ axes: [Int]) {
    let tape = fused.tape
    let node = tape.nodes[group.nodes[0]]
    guard case .fold(let fold) = tape.family(of: node) else { return }
    var emitter = emitter(for: group)
    emitter.emitFold(fold, node, options)
    launch(emitter)
  }
}

extension KernelEmitter {
  /// The most columns of a block: their states stay in the nearest cache.
  private static let greatestBlock = 512

  fileprivate mutating func emitFold(_ fold: Fold, _ node: Node, _ options: LoweringOptions) {
    let (domain, last) = (group.domain, fold.axes.last ?? -1)
    let kept = domain.dims.indices.filter { !fold.axes.contains($0) }
    let (rowAxes, columnAxes) = (kept.filter { $0 < last }, kept.filter { $0 > last })
    let columns = Index(AxisGroup.extent(columnAxes, in: domain))
    let rows = Index(AxisGroup.extent(rowAxes, in: domain))
    let block = options.columnBlock(columns, others: rows, greatest: Self.greatestBlock)
    let blocks = columns.quotientRoundedUp(byAtLeastOne: .constant(block))
    let operands = node.operands.prefix(node.resultCount)
    outerLoop(rows * blocks) { emitter, q in
      let scope = emitter.depth
      let first = q.remainder(byAtLeastOne: blocks) * .constant(block)
      let row = AxisGroup(axes: rowAxes, index: q.quotient(byAtLeastOne: blocks), scope: scope)
      let width: Index = .minimum(of: .constant(block), columns - first)
      func column(_ j: Index, _ emitter: KernelEmitter) -> AxisGroup {
        AxisGroup(axes: columnAxes, index: first + j, scope: emitter.depth)
      }
      let initial = node.operands.dropFirst(node.resultCount).map { emitter.pull($0, at: []) }
      let states = operands.map { operand in
        let name = emitter.freshVariable("s").name
        emitter.append(.scratch(name: name, emitter.tape.type(of: operand).dtype, count: block))
        return name
      }
      emitter.loop(width) { emitter, j in
        for (name, scalar) in zip(states, initial) {
          emitter.append(.store(array: name, index: j, value: scalar.variable))
        }
      }
      emitter.loop(Index(AxisGroup.extent(fold.axes, in: domain))) { emitter, i in
        let element = AxisGroup(axes: fold.axes, index: i, scope: emitter.depth)
        emitter.loop(width) { emitter, j in
          emitter.axes = [row, column(j, emitter), element].filter { !$0.axes.isEmpty }
          let state = emitter.loadStates(states, operands, at: j)
          let elements = operands.map { emitter.pull($0, at: emitter.coordinates(at: .full)) }
          for (name, scalar) in zip(states, emitter.apply(fold.step, state + elements)) {
            emitter.append(.store(array: name, index: j, value: scalar.variable))
          }
        }
      }
      emitter.loop(width) { emitter, j in
        emitter.axes = [row, column(j, emitter)].filter { !$0.axes.isEmpty }
        for (value, scalar) in zip(node.results, emitter.loadStates(states, operands, at: j)) {
          emitter.store(scalar, to: value, at: emitter.coordinates(at: .kept))
        }
      }
    }
  }

  private mutating func loadStates(
    _ arrays: [String], _ operands: ArraySlice<Value>, at index: Index
  ) -> [Scalar] {
    zip(arrays, operands).map { name, operand in
      define(tape.type(of: operand).dtype, .load(array: name, index: index), scope: depth)
    }
  }
}
