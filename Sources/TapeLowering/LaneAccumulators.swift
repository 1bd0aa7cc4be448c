import LoopIR
import ScalarIR
import TapeIR

/// The accumulators of one reduction in the lanes of a row: one scratch array for each component of
/// the monoid's state.
///
/// Lanes that get no element hold the neutral value, which changes nothing, so that lanes can be
/// filled up to a power of two.
struct LaneAccumulators {
  let value: Value
  let monoid: Monoid
  let arrays: [String]
  /// The number of lanes, a power of two.
  let lanes: Int

  /// The lanes that `inner` elements need, at least a vector's worth where that costs nothing.
  static func laneCount(inner: Dim) -> Int {
    guard let inner = inner.constant, inner < ReductionTree<Dim>.laneCount else {
      return ReductionTree<Dim>.laneCount
    }
    var lanes = 16
    while lanes < inner { lanes *= 2 }
    return lanes
  }

  /// Declares the arrays in the current scope and fills them with the neutral value.
  init(_ value: Value, _ monoid: Monoid, lanes: Int, in emitter: inout KernelEmitter) {
    self.value = value
    self.monoid = monoid
    self.lanes = lanes
    let names = monoid.state.map { dtype -> String in
      let name = emitter.freshVariable("s").name
      emitter.append(.scratch(name: name, dtype, count: lanes))
      return name
    }
    arrays = names
    let identity = monoid.identity.map { emitter.constant($0) }
    emitter.loop(.constant(lanes)) { emitter, l in
      for (name, scalar) in zip(names, identity) {
        emitter.append(.store(array: name, index: l, value: scalar.variable))
      }
    }
  }

  /// Combines an element into lane `lane`; where `isPresent` does not hold, nothing changes.
  func accumulate(
    _ element: KernelEmitter.Scalar, position: Index, lane: Index, isPresent: Variable? = nil,
    in emitter: inout KernelEmitter
  ) {
    let depth = emitter.depth
    let place =
      monoid.usesPosition
      ? emitter.define(.i64, .index(position), scope: depth) : emitter.constant(.zero(.i64))
    var state = emitter.apply(monoid.lift, [element, place])
    if let isPresent {
      state = zip(state, monoid.identity).map { scalar, identity in
        let neutral = emitter.constant(identity)
        return emitter.define(
          identity.dtype, .select(isPresent, scalar.variable, neutral.variable), scope: depth)
      }
    }
    combine(state, into: lane, in: &emitter)
  }

  /// Combines a state into the one at `index`.
  private func combine(
    _ state: [KernelEmitter.Scalar], into index: Index, in emitter: inout KernelEmitter
  ) {
    let depth = emitter.depth
    let before = zip(arrays, monoid.state).map { name, dtype in
      emitter.define(dtype, .load(array: name, index: index), scope: depth)
    }
    for (name, scalar) in zip(arrays, emitter.apply(monoid.combine, before + state)) {
      emitter.append(.store(array: name, index: index, value: scalar.variable))
    }
  }

  /// Combines the lanes by halving; the state is then that of lane 0.
  func combineLanes(in emitter: inout KernelEmitter) {
    var half = lanes / 2
    while half > 0 {
      emitter.loop(.constant(half)) { emitter, l in
        let depth = emitter.depth
        let other = zip(arrays, monoid.state).map { name, dtype in
          emitter.define(dtype, .load(array: name, index: l + .constant(half)), scope: depth)
        }
        combine(other, into: l, in: &emitter)
      }
      half /= 2
    }
  }

  /// The state of lane 0.
  func state(in emitter: inout KernelEmitter) -> [KernelEmitter.Scalar] {
    let depth = emitter.depth
    return zip(arrays, monoid.state).map { name, dtype in
      emitter.define(dtype, .load(array: name, index: 0), scope: depth)
    }
  }
}

extension KernelEmitter {
  /// Walks `extent` elements in lane order: whole rounds of `lanes` elements, then the rest under a
  /// condition. `body` is given the element's coordinate, its lane and, in the last round, whether
  /// the element exists.
  mutating func walkLanes(
    _ extent: Index, lanes: Int,
    _ body: (inout KernelEmitter, _ coordinate: Index, _ lane: Index, _ isPresent: Variable?) ->
      Void
  ) {
    let width: Index = .constant(lanes)
    let rounds = extent.quotient(byAtLeastOne: width)
    if rounds != 0 {
      loop(rounds) { emitter, c in
        emitter.loop(width) { emitter, l in body(&emitter, c * width + l, l, nil) }
      }
    }
    let rest = extent.remainder(byAtLeastOne: width)
    if rest == 0 { return }
    // A constant rest takes no more vectors than it needs.
    let steps = rest.constant.map { min(lanes, ($0 + 15) / 16 * 16) } ?? lanes
    let start = rounds * width
    loop(.constant(steps)) { emitter, l in
      let lane = emitter.define(.i32, .index(l), scope: emitter.depth)
      let end = emitter.define(.i32, .index(rest), scope: emitter.base)
      let isPresent = emitter.define(
        .bool, .compare(.lt, lane.variable, end.variable), scope: emitter.depth)
      let saved = emitter.loadGuard
      emitter.loadGuard = .less(l, rest)
      body(&emitter, start + l, l, isPresent.variable)
      emitter.loadGuard = saved
    }
  }
}
