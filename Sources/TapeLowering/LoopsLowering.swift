import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// A group of elementwise ops and movements: one loop nest over its domain.

extension Lowering {
  mutating func lowerLoops(_ group: FusionGroup, seed: KernelEmitter.Seed? = nil) {
    let probe = probe(group, seed)
    let merged = mergedAxes(group, probe)
    var emitter = emitter(for: group)
    emitter.seed = seed
    guard let innermost = merged.last else {
      emitter.storeOutputs()
      return launch(emitter)
    }
    let innerExtent = Index(AxisGroup.extent(innermost, in: group.domain))
    if merged.count == 1 {
      let block: Index = .constant(options.blockExtent)
      if options.keepsLoopsWhole
        || innerExtent.constant.map({ $0 <= options.blockExtent }) ?? false
      {
        emitter.loop(innerExtent) { emitter, i in
          emitter.axes = [AxisGroup(axes: innermost, index: i, scope: emitter.depth)]
          emitter.storeOutputs()
        }
        return launch(emitter)
      }
      emitter.outerLoop(innerExtent.quotientRoundedUp(byAtLeastOne: block)) { emitter, b in
        emitter.loop(.minimum(of: block, innerExtent - b * block)) { emitter, i in
          emitter.axes = [AxisGroup(axes: innermost, index: b * block + i, scope: emitter.depth)]
          emitter.storeOutputs()
        }
      }
      return launch(emitter)
    }
    if let plan = TilePlan(
      group, merged, probe.recordedLoads, wantedSide: options.tileSide, fused.tape)
    {
      return lowerTiles(group, merged, plan, seed)
    }
    let outer = merged.dropLast().flatMap { $0 }
    emitter.outerLoop(Index(AxisGroup.extent(outer, in: group.domain))) { emitter, r in
      let outerAxes = AxisGroup(axes: outer, index: r, scope: emitter.depth)
      emitter.loop(innerExtent) { emitter, i in
        emitter.axes = [
          outerAxes, AxisGroup(axes: innermost, index: i, scope: emitter.depth),
        ]
        emitter.storeOutputs()
      }
    }
    launch(emitter)
  }

  /// A trial run, which has recorded how arrays are accessed.
  private func probe(_ group: FusionGroup, _ seed: KernelEmitter.Seed?) -> KernelEmitter {
    var probe = emitter(for: group)
    probe.seed = seed
    probe.axes = group.domain.dims.indices.map {
      AxisGroup(axes: [$0], index: .variable(Variable("d\($0)")), scope: 0)
    }
    probe.isRecordingForms = true
    probe.storeOutputs()
    return probe
  }

  /// The axes of the domain, adjacent ones together where every access runs through them as
  /// through one; axes of size 1 left out.
  private func mergedAxes(_ group: FusionGroup, _ probe: KernelEmitter) -> [[Int]] {
    let forms = probe.recordedForms
    var merged: [[Int]] = []
    for axis in group.domain.dims.indices where group.domain[axis] != 1 {
      let isContinued =
        merged.last?.last.map { last in
          forms.allSatisfy {
            $0.coefficients[last] == $0.coefficients[axis] * group.domain[axis]
          }
        } ?? false
      if isContinued { merged[merged.count - 1].append(axis) } else { merged.append([axis]) }
    }
    return merged
  }
}

extension KernelEmitter {
  /// A value and the buffer of another element type that it begins in.
  struct Seed {
    let value: Value
    let buffer: BufferID
    let dtype: DType
  }

  private mutating func store(_ seed: Seed, at coordinates: [AffineForm]) {
    let element = pull(seed.value, at: coordinates)
    let scalar =
      tape.type(of: seed.value).dtype == seed.dtype
      ? element : define(seed.dtype, .convert(element.variable), scope: element.scope)
    let name = array(seed.buffer, dtype: seed.dtype, access: .write)
    let shape = tape.type(of: seed.value).shape
    let place = index(of: .position(coordinates, in: shape, rank: rank))
    append(.store(array: name, index: place.index, value: scalar.variable))
  }

  /// Computes and writes all outputs of the group that stand at every position of the domain.
  mutating func storeOutputs() {
    let coordinates = coordinates(at: .full)
    if let seed { return store(seed, at: coordinates) }
    for number in group.nodes { _ = pull(tape.nodes[number].firstResult, at: coordinates) }
    for value in group.outputs {
      store(pull(value, at: coordinates), to: value, at: coordinates)
    }
  }
}
