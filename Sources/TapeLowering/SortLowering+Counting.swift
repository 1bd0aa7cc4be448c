import LoopIR
import ScalarIR
import TapeIR
import TapePasses

extension Lowering {
  /// The positions of each line's elements in order, for lines of any length: one by one, each
  /// element is put behind all that come before it. The number of passes of a merge sort would
  /// depend on the length.
  mutating func counted(_ plan: SortPlan) -> BufferID {
    let places = buffers.declare(nil, plan.positionType, count: plan.elements)
    var first = sortEmitter(plan)
    first.outerLoop(plan.lines) { emitter, line in
      emitter.loop(plan.length) { emitter, i in
        let sum = emitter.freshVariable("s").name
        emitter.append(.scratch(name: sum, plan.positionType, count: 1))
        let zero = emitter.constant(.zero(plan.positionType))
        emitter.append(.store(array: sum, index: 0, value: zero.variable))
        let own = plan.keys.indices.map {
          emitter.rank(plan, $0, at: plan.position(line: line, i))
        }
        emitter.loop(plan.length) { emitter, j in
          let depth = emitter.depth
          let other = plan.keys.indices.map {
            emitter.rank(plan, $0, at: plan.position(line: line, j))
          }
          let (isLess, isEqual) = emitter.compare(other, own)
          let isEarlier = emitter.truth(of: j, isLess: i, scope: depth)
          let isTie = emitter.define(
            .bool, .binary(.and, isEqual.variable, isEarlier.variable), scope: depth)
          let isBefore = emitter.define(
            .bool, .binary(.or, isLess.variable, isTie.variable), scope: depth)
          let one = emitter.define(plan.positionType, .convert(isBefore.variable), scope: depth)
          let known = emitter.define(
            plan.positionType, .load(array: sum, index: 0), scope: depth)
          let next = emitter.define(
            plan.positionType, .binary(.add, known.variable, one.variable), scope: depth)
          emitter.append(.store(array: sum, index: 0, value: next.variable))
        }
        let count = emitter.define(
          plan.positionType, .load(array: sum, index: 0), scope: emitter.depth)
        let name = emitter.array(places, dtype: plan.positionType, access: .write)
        emitter.append(
          .store(array: name, index: line * plan.length + i, value: count.variable))
      }
    }
    launch(first)
    let order = buffers.declare(nil, plan.positionType, count: plan.elements)
    var second = sortEmitter(plan)
    second.outerLoop(plan.lines) { emitter, line in
      emitter.loop(plan.length) { emitter, i in
        let depth = emitter.depth
        let source = emitter.array(places, dtype: plan.positionType, access: .read)
        let place = emitter.define(
          plan.positionType, .load(array: source, index: line * plan.length + i), scope: depth)
        let position = emitter.define(plan.positionType, .index(i), scope: depth)
        let name = emitter.array(order, dtype: plan.positionType, access: .write)
        emitter.append(
          .store(
            array: name, index: line * plan.length + .value(place.variable),
            value: position.variable))
      }
    }
    launch(second)
    return order
  }
}
