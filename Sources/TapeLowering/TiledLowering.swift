import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// Elementwise groups that read an array across its rows, such as a transposition: the domain is taken
// in square tiles, and each tile of such an array is first copied, along its rows, to scratch that
// stays in the nearest cache. So every cache line is fetched once.

/// Which arrays of a group are read across their rows, and along which axis of the domain those run.
struct TilePlan {
  /// The merged axes along which the rows of the arrays run.
  let crossed: [Int]
  let loads: [KernelEmitter.Load]
  /// Positions along each side of a tile.
  let side: Int

  /// The shortest axis that is worth tiles, and the shortest side of one.
  private static let shortest = 32
  /// The bytes of all arrays' tiles up to which they are as large as is wanted: those of a first-level
  /// cache; and up to which there are any.
  private static let (nearBytes, mostBytes) = (36 << 10, 1 << 20)

  /// Nil where no array is read across its rows, where different arrays have theirs along different
  /// axes, where an axis is short, or where there are very many arrays.
  init?(
    _ group: FusionGroup, _ merged: [[Int]], _ loads: [KernelEmitter.Load], wantedSide: Int,
    _ tape: Tape
  ) {
    guard let innermost = merged.last, let inner = innermost.last else { return nil }
    func isLong(_ axes: [Int]) -> Bool {
      AxisGroup.extent(axes, in: group.domain).constant.map { $0 >= Self.shortest } ?? true
    }
    let across = loads.filter { load in
      let step = load.position.coefficients[inner]
      return step != 0 && step != 1 && step != -1
    }
    var crossed: [Int]?
    for load in across {
      guard
        let axes = merged.dropLast().first(where: { axes in
          axes.last.map { load.position.coefficients[$0] == 1 } ?? false
        }), crossed == nil || crossed == axes
      else { return nil }
      crossed = axes
    }
    guard let crossed, isLong(crossed), isLong(innermost) else { return nil }
    self.crossed = crossed
    var seen: Set<KernelEmitter.Load> = []
    self.loads = across.filter { seen.insert($0).inserted }
    let bytes = self.loads.reduce(0) { $0 + tape.type(of: $1.value).dtype.byteWidth }
    func total(_ side: Int) -> Int { side * (side + 1) * bytes }
    side = total(wantedSide) <= Self.nearBytes ? wantedSide : Self.shortest
    if total(side) > Self.mostBytes { return nil }
  }
}

extension Lowering {
  mutating func lowerTiles(
    _ group: FusionGroup, _ merged: [[Int]], _ plan: TilePlan, _ seed: KernelEmitter.Seed?
  ) {
    guard let innermost = merged.last else { return }
    let others = merged.dropLast().filter { $0 != plan.crossed }.flatMap { $0 }
    let rows = Index(AxisGroup.extent(plan.crossed, in: group.domain))
    let columns = Index(AxisGroup.extent(innermost, in: group.domain))
    let side: Index = .constant(plan.side)
    // Odd, so that columns spread over a cache's sets.
    let pitch = side + 1
    let rowBlocks = rows.quotientRoundedUp(byAtLeastOne: side)
    let isLarge =
      group.domain.elementCount.constant.map { $0 >= options.sharedElements } ?? true
    var emitter = emitter(for: group)
    emitter.seed = seed
    emitter.outerLoop(
      Index(AxisGroup.extent(others, in: group.domain)) * rowBlocks,
      mark: isLarge ? .parallel : .serial
    ) { emitter, q in
      let firstRow = q.remainder(byAtLeastOne: rowBlocks) * side
      let height: Index = .minimum(of: side, rows - firstRow)
      let scope = emitter.depth
      let fixed = [
        AxisGroup(axes: others, index: q.quotient(byAtLeastOne: rowBlocks), scope: scope)
      ].filter { !$0.axes.isEmpty }
      /// The position in the tile at row `i` and column `j`, each known in a loop.
      func axes(_ i: Index, _ iScope: Int, _ j: Index, _ jScope: Int) -> [AxisGroup] {
        fixed + [
          AxisGroup(axes: plan.crossed, index: firstRow + i, scope: iScope),
          AxisGroup(axes: innermost, index: j, scope: jScope),
        ]
      }
      emitter.loop(columns.quotientRoundedUp(byAtLeastOne: side)) { emitter, b in
        let firstColumn = b * side
        let width: Index = .minimum(of: side, columns - firstColumn)
        var tiles: [KernelEmitter.Load: String] = [:]
        for load in plan.loads {
          let name = emitter.freshVariable("s").name
          let dtype = emitter.tape.type(of: load.value).dtype
          emitter.append(
            .scratch(name: name, dtype, count: plan.side * (plan.side + 1)))
          tiles[load] = name
          emitter.loop(width) { emitter, j in
            let columnScope = emitter.depth
            emitter.loop(height) { emitter, i in
              emitter.axes = axes(i, emitter.depth, firstColumn + j, columnScope)
              emitter.copy(load, to: name, at: j * pitch + i)
            }
          }
        }
        emitter.loop(height) { emitter, i in
          let rowScope = emitter.depth
          emitter.loop(width) { emitter, j in
            emitter.axes = axes(i, rowScope, firstColumn + j, emitter.depth)
            emitter.tiles = tiles
            emitter.tileIndex = j * pitch + i
            emitter.storeOutputs()
            emitter.tiles = [:]
          }
        }
      }
    }
    launch(emitter)
  }
}

extension KernelEmitter {
  /// Copies the element of an array at the domain's position to scratch.
  fileprivate mutating func copy(_ load: Load, to scratch: String, at place: Index) {
    guard let buffer = buffers[load.value] else { return }
    let dtype = tape.type(of: load.value).dtype
    let name = array(buffer, dtype: dtype, access: .read)
    let element = define(
      dtype, .load(array: name, index: index(of: load.position).index), scope: depth)
    append(.store(array: scratch, index: place, value: element.variable))
  }
}
