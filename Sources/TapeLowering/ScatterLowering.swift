import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// Updates combined into a tensor: a copy of the tensor, then one kernel that takes the windows in
// row-major order, one after the other, so that the order in which an element gets its updates never
// depends on threads. What is shared among them are parts of the tensor that no window leaves:
// batches, and columns along axes that have no start. Within a window, elements are distinct.
//
// A grid has use for more: each part of the result, of those that lie at every so many positions along
// the axes with starts, goes through all windows and takes the rows that fall into it. So an element
// still gets all its updates from one part, in order.

extension Lowering {
  mutating func lowerScatter(_ group: FusionGroup) {
    let tape = fused.tape
    for number in group.nodes {
      let node = tape.nodes[number]
      guard case .indexing(.scatter(let scatter)) = tape.family(of: node),
        let result = buffers[node.firstResult]
      else { continue }
      let type = tape.type(of: node.firstResult)
      let wide = scatter.accumulator(type.dtype)
      let target =
        wide == type.dtype
        ? result : buffers.declare(nil, wide, count: Index(type.shape.elementCount))
      let copy = FusionGroup(kind: .loops, domain: type.shape, nodes: [number])
      lowerLoops(
        copy, seed: KernelEmitter.Seed(value: node.operands[0], buffer: target, dtype: wide))
      lowerUpdates(scatter, number, into: target, wide)
      if wide != type.dtype { convert(target, wide, to: result, type) }
    }
  }

  private mutating func lowerUpdates(
    _ scatter: Scatter, _ number: Int, into target: BufferID, _ wide: DType
  ) {
    let tape = fused.tape
    let node = tape.nodes[number]
    let updates = tape.type(of: node.operands[scatter.updates])
    let plan = ScatterPlan(
      scatter, updates.shape, tape.type(of: node.firstResult).shape, options)
    var emitter = emitter(
      for: FusionGroup(kind: .loops, domain: updates.shape, nodes: [number]))
    emitter.outerLoop(
      plan.batches * plan.blocks * plan.parts, mark: plan.isShared ? .parallel : .serial
    ) { emitter, number in
      let part = number.remainder(byAtLeastOne: plan.parts)
      let o = number.quotient(byAtLeastOne: plan.parts)
      let fixed = AxisGroup(
        axes: plan.batchAxes, index: o.quotient(byAtLeastOne: plan.blocks), scope: emitter.depth)
      let firstColumn = o.remainder(byAtLeastOne: plan.blocks) * plan.block
      emitter.loop(plan.windows) { emitter, s in
        let window = AxisGroup(axes: plan.windowsAxes, index: s, scope: emitter.depth)
        emitter.axes = [fixed, window]
        let coordinates = emitter.coordinates(at: .full)
        let origin = emitter.origin(
          scatter.axes, node, at: coordinates, guards: [], isClipped: scatter.bounds == .clip)
        emitter.when(Condition(origin.clauses)) { emitter in
          emitter.loop(plan.rows) { emitter, q in
            let rows = AxisGroup(axes: plan.rowAxes, index: q, scope: emitter.depth)
            emitter.axes = [rows]
            let owned = emitter.isOwned(by: part, plan, origin, scatter.axes, at: coordinates)
            emitter.when(owned) { emitter in
              emitter.loop(.minimum(of: plan.block, plan.columns - firstColumn)) { emitter, p in
                let columns = AxisGroup(
                  axes: plan.columnAxes, index: firstColumn + p, scope: emitter.depth)
                emitter.axes = [fixed, window, rows, columns]
                emitter.update(scatter, node, at: coordinates, origin, target, wide)
              }
            }
          }
        }
      }
    }
    launch(emitter)
  }

  /// Rounds the elements of a buffer to the result's type.
  private mutating func convert(
    _ source: BufferID, _ wide: DType, to result: BufferID, _ type: TensorType
  ) {
    let (variable, element, rounded) = (Variable("i0"), Variable("v0"), Variable("v1"))
    let body: [Statement] = [
      .define(element, wide, .load(array: "a0", index: .variable(variable))),
      .define(rounded, type.dtype, .convert(element)),
      .store(array: "a1", index: .variable(variable), value: rounded),
    ]
    launch(
      Kernel(
        name: "",
        parameters: [
          ArrayParameter(name: "a0", dtype: wide, access: .read),
          ArrayParameter(name: "a1", dtype: type.dtype, access: .write),
        ],
        body: [.loop(Loop(variable, Index(type.shape.elementCount), .serial, body))],
        origins: ["convert"]), [source, result])
  }
}

/// Which axes of a scatter's updates are run over by which loop.
private struct ScatterPlan {
  /// Axes over windows that no window of another position along them meets.
  let batchAxes: [Int]
  /// The other axes over windows.
  let windowsAxes: [Int]
  /// Axes over elements of a window along which windows begin at 0.
  let columnAxes: [Int]
  /// The other axes over elements of a window.
  let rowAxes: [Int]
  let batches: Index
  let windows: Index
  let columns: Index
  let rows: Index
  /// Columns that one iteration of the outer loop takes, and the number of such blocks.
  let block: Index
  let blocks: Index
  /// Parts that the positions along the axes with starts are dealt to.
  let parts: Index
  /// The result's axes up to the last one that has a start.
  let leading: Shape
  /// Whether threads share the outer loop.
  let isShared: Bool

  /// Columns of a block: at least a vector, at most what stays in the first-level cache.
  private static let blockSizes = 16...512
  /// Blocks that the columns are cut into at most, as each runs over all windows.
  private static let blockCount = 8

  init(_ scatter: Scatter, _ updates: Shape, _ result: Shape, _ options: LoweringOptions) {
    let fixed = Set(scatter.axes.filter { $0.start == nil }.compactMap(\.coordinate.axis))
    batchAxes = scatter.windowsAxes.filter(fixed.contains)
    windowsAxes = scatter.windowsAxes.filter { !fixed.contains($0) }
    columnAxes = scatter.windowAxes.filter(fixed.contains)
    rowAxes = scatter.windowAxes.filter { !fixed.contains($0) }
    func extent(_ axes: [Int]) -> Dim { AxisGroup.extent(axes, in: updates) }
    batches = Index(extent(batchAxes))
    windows = Index(extent(windowsAxes))
    columns = Index(extent(columnAxes))
    rows = Index(extent(rowAxes))
    let (least, most) = (Self.blockSizes.lowerBound, Self.blockSizes.upperBound)
    let isLarge = updates.elementCount.constant.map { $0 >= options.sharedElements } ?? true
    if let count = extent(columnAxes).constant {
      // Where rows are shared, too, whole ones are best.
      let isCut = isLarge && options.scatterParts == 1
      let share = isCut ? (count + Self.blockCount - 1) / Self.blockCount : count
      block = .constant(min(most, max(least, (share + least - 1) / least * least)))
    } else {
      block = .constant(most)
    }
    blocks = columns.quotientRoundedUp(by: block)
    let started = scatter.axes.indices.filter { scatter.axes[$0].start != nil }
    leading = Shape(Array(result.dims.prefix((started.last ?? -1) + 1)))
    let positions = Index(started.reduce(1) { $0 * result[$1] })
    // Each part goes through all windows and their rows, which threads share: it has to be worth it.
    let each = windows.quotient(byAtLeastOne: rows)
    parts = Self.parts(
      options.scatterParts, besides: batches * blocks, of: .minimum(of: each, positions))
    isShared = isLarge && batches * blocks * parts != 1
  }

  /// A power of two, so that it is quickly found out which part a position is of; where sizes are not
  /// known, any number.
  private static func parts(_ wanted: Int, besides others: Index, of positions: Index) -> Index {
    guard let others = others.constant, let positions = positions.constant else {
      return wanted == 1 ? 1 : .maximum(of: 1, .minimum(of: .constant(wanted), positions))
    }
    var parts = 1
    while 2 * parts * others <= wanted, 2 * parts <= positions { parts *= 2 }
    return .constant(parts)
  }
}

extension KernelEmitter {
  /// Whether the elements at the domain's position, given without column and batch, are of a part.
  fileprivate mutating func isOwned(
    by part: Index, _ plan: ScatterPlan, _ origin: Origin, _ axes: [Indexing.Axis],
    at coordinates: [AffineForm]
  ) -> Condition {
    if plan.parts == 1 { return .always }
    let inWindow = windowPosition(
      Array(axes.prefix(plan.leading.rank)), in: plan.leading, at: coordinates)
    var position = index(of: inWindow).index
    for start in origin.starts {
      position = position + start.index * Index(plan.leading.strides[start.axis])
    }
    let owner = position.remainder(byAtLeastOne: plan.parts)
    return Condition([.less(part - 1, owner), .less(owner, part + 1)])
  }

  /// Combines the update at the domain's position into its element.
  fileprivate mutating func update(
    _ scatter: Scatter, _ node: Node, at coordinates: [AffineForm], _ origin: Origin,
    _ target: BufferID, _ wide: DType
  ) {
    let updates = node.operands[scatter.updates]
    var update = pull(updates, at: coordinates)
    if tape.type(of: updates).dtype != wide {
      update = define(wide, .convert(update.variable), scope: depth)
    }
    let shape = tape.type(of: node.firstResult).shape
    let place = index(of: windowPosition(scatter.axes, in: shape, at: coordinates))
    let position = place.index + origin.index
    guard let combine = scatter.combine else {
      let name = array(target, dtype: wide, access: .write)
      append(.store(array: name, index: position, value: update.variable))
      return
    }
    let name = array(target, dtype: wide, access: .readWrite)
    let before = define(wide, .load(array: name, index: position), scope: depth)
    let after = apply(combine, [before, update])[0]
    append(.store(array: name, index: position, value: after.variable))
  }
}
