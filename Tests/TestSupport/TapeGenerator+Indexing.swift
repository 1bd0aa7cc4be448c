import ScalarIR
import TapeIR

extension TapeGenerator {
  /// Adds a use of an op that indexes by tensors, or sorts.
  mutating func addIndexing(_ op: Op, _ value: Value) throws(TapeError) {
    switch op.name {
    case "take": try addTake(op, value)
    case "gather", "scatter": try addWindows(op, value)
    case "dynamic-slice", "dynamic-update-slice": try addDynamic(op, value)
    case "sort": try addSort(op, value)
    default:
      guard let last = builder.shape(of: value).dims.last else { return }
      try add(op, [value], [.k: .integer(random.number(0...min(20, last.constant ?? 1)))])
    }
  }

  /// Integers of a shape: under `:mode error` between 0 and `limit`.
  private mutating func indices(
    _ shape: Shape, limit: Dim, mode: String?
  ) throws(TapeError) -> Value? {
    if mode != nil {
      let dtype: DType = random.pick([.i32, .i32, .i64, .u32, .i8, .u8, .u64, .i16])
      let wild = try valueOf(TensorType(dtype, shape))
      if random.chance(1, in: 2) { return wild }
      let few = try builder.splat(ScalarValue(dtype, wrapping: 5), shape)
      return try builder.op(.min, wild, few)
    }
    guard let limit = limit.constant, limit >= 0 else { return nil }
    let dtype: DType = random.pick(limit <= 127 ? [.i32, .i64, .u8, .i8, .u64] : [.i32, .u32])
    let wild = try valueOf(TensorType(dtype, shape))
    let greatest = try builder.splat(ScalarValue(dtype, wrapping: limit), shape)
    return try builder.op(
      .max, builder.op(.min, wild, greatest), builder.splat(.zero(dtype), shape))
  }

  private mutating func addTake(_ op: Op, _ value: Value) throws(TapeError) {
    let shape = builder.shape(of: value)
    guard shape.rank > 0 else { return }
    let axis = random.number(0...(shape.rank - 1))
    let mode = random.pick([nil, "clip", "fill"])
    let places = Shape(random.pick([[], [0], [1], [3], [17], [2, 3], [40]] as [[Int]]))
    guard let indices = try indices(places, limit: shape[axis] - 1, mode: mode) else { return }
    var attributes: Attributes = [.axis: .integer(axis)]
    attributes[.mode] = mode.map { .word($0) }
    try add(op, [value, indices], attributes)
  }

  /// A gather, or the scatter with the same dimension numbers.
  private mutating func addWindows(_ op: Op, _ value: Value) throws(TapeError) {
    let type = builder.type(of: value)
    let isGather = op.name == "gather"
    let mode = random.pick([nil, "clip", isGather ? "fill" : "drop"])
    var order = (0..<type.rank).shuffled(using: &random)
    let batching = order.count > 1 && random.chance(1, in: 3) ? [order.removeFirst()] : []
    let mapped = Array(order.prefix(random.number(0...order.count)))
    var sizes = [Dim](repeating: 1, count: type.rank)
    var collapsed: [Int] = []
    for axis in order {
      if random.chance(1, in: 3), type.shape[axis].constant ?? 1 > 0 {
        if random.chance(2, in: 3) { collapsed.append(axis) }
        continue
      }
      sizes[axis] = type.shape[axis]
      if let size = type.shape[axis].constant, random.chance(1, in: 2) {
        sizes[axis] = .constant(random.number(0...size))
      }
    }
    if batching.contains(where: { type.shape[$0] == 0 }) { return }
    var dims = batching.map { type.shape[$0] }
    for _ in 0..<random.number(0...2) { dims.append(random.pick([1, 2, 5, 17])) }
    let windowsRank = dims.count
    let vectorDim = random.number(0...windowsRank)
    let hasVector = mapped.count != 1 || random.chance(1, in: 2)
    if hasVector { dims.insert(.constant(mapped.count), at: vectorDim) }
    let limits = mapped.map { type.shape[$0] - sizes[$0] }
    let limit = limits.dropFirst().reduce(limits.first ?? 0) { Dim.minimum($0, $1) }
    guard let indices = try indices(Shape(dims), limit: limit, mode: mode) else { return }
    let inner = type.rank - collapsed.count - batching.count
    let places = Array(
      (0..<(windowsRank + inner)).shuffled(using: &random).prefix(inner)
    ).sorted()
    let batchPlaces = batching.map { _ in hasVector && vectorDim == 0 ? 1 : 0 }
    var attributes: Attributes = [
      .indexVectorDim: .integer(hasVector ? vectorDim : dims.count),
      (isGather ? .offsetDims : .updateWindowDims): .integers(places),
      (isGather ? .collapsedSliceDims : .insertedWindowDims): .integers(collapsed.sorted()),
      (isGather ? .operandBatchingDims : .inputBatchingDims): .integers(batching),
      (isGather ? .startIndicesBatchingDims : .scatterIndicesBatchingDims): .integers(batchPlaces),
      (isGather ? .startIndexMap : .scatterDimsToOperandDims): .integers(mapped),
    ]
    attributes[.mode] = mode.map { .word($0) }
    if isGather {
      attributes[.sliceSizes] = .dims(sizes)
      return try add(op, [value, indices], attributes)
    }
    var window = (0..<type.rank).filter { !collapsed.contains($0) && !batching.contains($0) }
      .map { sizes[$0] }
    var windows = dims
    if hasVector { windows.remove(at: vectorDim) }
    let updates = Shape(
      (0..<(windowsRank + inner)).map {
        places.contains($0) ? window.removeFirst() : windows.removeFirst()
      })
    guard fits(updates) else { return }
    attributes[.combine] = .word(random.pick(["set", "add", "mul", "min", "max"]))
    try add(op, [value, indices, valueOf(TensorType(type.dtype, updates))], attributes)
  }

  private mutating func addDynamic(_ op: Op, _ value: Value) throws(TapeError) {
    let type = builder.type(of: value)
    let sizes = type.shape.dims.map { dim -> Dim in
      guard let size = dim.constant else { return dim }
      return .constant(random.number(0...size))
    }
    let dtype: DType = random.pick([.i32, .i64, .u8, .u64])
    var operands = [value]
    if op.name == "dynamic-update-slice" {
      operands.append(try valueOf(TensorType(type.dtype, Shape(sizes))))
    }
    for _ in 0..<type.rank {
      operands.append(try valueOf(TensorType(dtype, .scalar)))
    }
    try add(op, operands, op.name == "dynamic-slice" ? [.sliceSizes: .dims(sizes)] : .none)
  }

  private mutating func addSort(_ op: Op, _ value: Value) throws(TapeError) {
    let shape = builder.shape(of: value)
    guard shape.rank > 0 else { return }
    var operands = [value]
    for _ in 0..<random.number(0...2) {
      operands.append(try valueOf(TensorType(random.pick(options.dtypes), shape)))
    }
    var attributes: Attributes = [.axis: .integer(random.number(0...(shape.rank - 1)))]
    if random.chance(1, in: 2) {
      attributes[.keys] = .integer(random.number(1...operands.count))
    }
    if random.chance(1, in: 2) { attributes[.descending] = .boolean(true) }
    try add(op, operands, attributes)
  }
}
