import ScalarIR
import TapeIR

extension TapeGenerator {
  /// Adds a use of an op on some of the values, where they offer one.
  mutating func applyOp(_ op: Op) throws(TapeError) {
    let value = random.pick(values)
    let type = builder.type(of: value)
    switch op.name {
    case "constant": _ = try constant(TensorType(random.pick(options.dtypes), shape()))
    case "iota":
      let type = TensorType(random.pick(options.dtypes), shape())
      guard type.rank > 0 else { return }
      try add(op, [], [.type: .type(type), .axis: .integer(random.number(0...(type.rank - 1)))])
    case "random-bits":
      let type = TensorType(random.pick([.u32, .u64, .u16, .u8]), shape())
      try add(op, [valueOf(TensorType(.u32, [2]))], [.type: .type(type)])
    case "convert": try add(op, [value], [.to: .dtype(random.pick(options.dtypes))])
    case "bitcast":
      // The bits of NaN are not specified, so no floats become integers.
      guard type.dtype.isInteger else { return }
      try add(op, [value], [.to: .dtype(random.pick(options.dtypes))])
    case "broadcast": try addBroadcast(op, value)
    case "reshape": try add(op, [value], [.shape: .dims(reshaped(type.shape).dims)])
    case "transpose":
      try add(op, [value], [.axes: .integers((0..<type.rank).shuffled(using: &random))])
    case "slice": try addSlice(op, value)
    case "reverse": try add(op, [value], [.axes: .integers(axes(type.rank))])
    case "pad": try addPad(op, value)
    case "concat": try addConcat(op, value)
    case "linear-recurrence": try addScan(op, [value, valueOf(type)])
    case "window-sum", "window-prod", "window-max", "window-min", "window-sum-equal":
      try addWindow(op, value)
    case "dot": try addDot(op, value)
    case "cond": try addCond(op, value)
    case "while": try addWhile(op, value)
    case "scan": try addScan(op, value)
    case "reduce": try addReduce(op, value)
    case "take", "gather", "scatter", "dynamic-slice", "dynamic-update-slice", "sort", "top-k":
      try addIndexing(op, value)
    case "conv": try addConvolution(op, value)
    case "triangular-solve": try addTriangularSolve(op, value)
    default:
      if op.kind == .linearAlgebra {
        try addMatrixRoutine(op, value)
      } else if op.attributes.contains(where: { $0.key == .axes }) {
        var attributes: Attributes = [.axes: .integers(axes(type.rank))]
        if random.chance(1, in: 2) { attributes[.keep] = .boolean(random.chance(2, in: 3)) }
        try add(op, [value], attributes)
      } else if op.attributes.contains(where: { $0.key == .axis }) {
        guard type.rank > 0 else { return }
        try addScan(op, [value])
      } else if op.attributes.isEmpty {
        try addElementwise(op, value)
      }
    }
  }

  /// Adds a use of an op where its constraints hold and its results are not too large.
  mutating func add(
    _ op: Op, _ operands: [Value], _ attributes: Attributes
  ) throws(TapeError) {
    let types: [TensorType]
    do {
      types = try op.checkedTypes(operands.map(builder.type(of:)), attributes)
    } catch {
      return
    }
    guard types.allSatisfy({ fits($0.shape) }) else { return }
    _ = try builder.apply(op, operands, attributes)
  }

  /// A value of the given type: one that is there, one converted or broadcast to it, or a constant.
  mutating func valueOf(_ type: TensorType) throws(TapeError) -> Value {
    let ready = values.filter { builder.type(of: $0) == type }
    if !ready.isEmpty, random.chance(4, in: 5) { return random.pick(ready) }
    let similar = values.filter {
      builder.shape(of: $0).broadcast(with: type.shape) == type.shape
    }
    if !similar.isEmpty, random.chance(2, in: 3) {
      let converted = try builder.convert(random.pick(similar), to: type.dtype)
      return try builder.broadcast(converted, to: type.shape)
    }
    return try constant(type)
  }

  private mutating func constant(_ type: TensorType) throws(TapeError) -> Value {
    if let sizes = type.shape.sizes, random.chance(1, in: 2),
      type.shape.elementCount.constant ?? 0 <= 64
    {
      return try builder.literal(random.literal(type.dtype, sizes))
    }
    return try builder.splat(random.scalar(type.dtype), type.shape)
  }

  private mutating func addElementwise(_ op: Op, _ value: Value) throws(TapeError) {
    guard case .exactly(let count) = op.arity, count > 0 else { return }
    let type = builder.type(of: value)
    var operands: [Value] = []
    for number in 0..<count {
      if let dtype = op.literalTypes[number] {
        operands.append(try valueOf(TensorType(dtype, type.shape)))
      } else {
        operands.append(operands.contains(value) ? try valueOf(type) : value)
      }
    }
    try add(op, operands, .none)
  }

  private mutating func addBroadcast(_ op: Op, _ value: Value) throws(TapeError) {
    let source = builder.shape(of: value)
    var target = source
    for axis in target.dims.indices where target[axis] == 1 && random.chance(1, in: 2) {
      target[axis] = random.pick([1, 3, 17, 33])
    }
    let added = random.number(0...2)
    if random.chance(1, in: 2) {
      for _ in 0..<added { target.dims.insert(random.pick([1, 2, 3, 17]), at: 0) }
      try add(op, [value], [.shape: .dims(target.dims)])
      return
    }
    let axes = Array((0..<(source.rank + added)).shuffled(using: &random).prefix(source.rank))
    var dims = [Dim](repeating: random.pick([1, 2, 5]), count: source.rank + added)
    for (axis, dim) in zip(axes, target.dims) { dims[axis] = dim }
    try add(op, [value], [.shape: .dims(dims), .axes: .integers(axes)])
  }

  /// Another shape with as many elements.
  private mutating func reshaped(_ shape: Shape) -> Shape {
    var dims = shape.dims
    switch random.number(0...3) {
    case 0: return Shape([shape.elementCount])
    case 1: dims.shuffle(using: &random)
    case 2 where dims.count >= 2:
      let axis = random.number(0...(dims.count - 2))
      dims[axis] = dims[axis] * dims[axis + 1]
      dims.remove(at: axis + 1)
    default:
      let sizes = dims.map { $0.constant ?? 1 }
      if let axis = sizes.firstIndex(where: { $0 % 3 == 0 }) {
        dims.replaceSubrange(axis...axis, with: [3, .constant(sizes[axis] / 3)])
      }
      dims.insert(1, at: random.number(0...dims.count))
    }
    return Shape(dims)
  }

  private mutating func addSlice(_ op: Op, _ value: Value) throws(TapeError) {
    let shape = builder.shape(of: value)
    var (start, limit): ([Dim], [Dim]) = ([], [])
    for dim in shape.dims {
      guard let size = dim.constant else {
        start.append(random.pick([0, 1]))
        limit.append(dim)
        continue
      }
      let lower = random.number(0...size)
      start.append(.constant(lower))
      limit.append(.constant(random.number(lower...size)))
    }
    var attributes: Attributes = [.start: .dims(start), .limit: .dims(limit)]
    if random.chance(1, in: 2) {
      attributes[.stride] = .integers(start.map { _ in random.number(1...3) })
    }
    try add(op, [value], attributes)
  }

  private mutating func addPad(_ op: Op, _ value: Value) throws(TapeError) {
    let type = builder.type(of: value)
    let filler = try valueOf(TensorType(type.dtype, .scalar))
    func amounts() -> [Dim] {
      type.shape.dims.map { _ in .constant(random.pick([-2, -1, 0, 0, 1, 3])) }
    }
    var attributes: Attributes = [.low: .dims(amounts()), .high: .dims(amounts())]
    if random.chance(1, in: 2) {
      attributes[.interior] = .integers(type.shape.dims.map { _ in random.number(0...2) })
    }
    try add(op, [value, filler], attributes)
  }

  private mutating func addScan(_ op: Op, _ operands: [Value]) throws(TapeError) {
    let rank = builder.type(of: operands[0]).rank
    guard rank > 0 else { return }
    var attributes: Attributes = [.axis: .integer(random.number(0...(rank - 1)))]
    if op.attributes.contains(where: { $0.key == .reverse }), random.chance(1, in: 2) {
      attributes[.reverse] = .boolean(random.chance(2, in: 3))
    }
    try add(op, operands, attributes)
  }

  private mutating func addWindow(_ op: Op, _ value: Value) throws(TapeError) {
    let type = builder.type(of: value)
    func entries(_ choices: [Int]) -> [Int] { type.shape.dims.map { _ in random.pick(choices) } }
    let windows = entries([1, 1, 2, 3, 5])
    guard windows.reduce(1, *) <= 30 else { return }
    var attributes: Attributes = [.window: .integers(windows)]
    if random.chance(1, in: 2) { attributes[.stride] = .integers(entries([1, 2, 3])) }
    if random.chance(1, in: 2) { attributes[.dilation] = .integers(entries([1, 1, 2])) }
    for key in [AttributeKey.low, .high] where random.chance(1, in: 2) {
      attributes[key] = .dims(entries([-1, 0, 0, 1, 2, 4]).map { .constant($0) })
    }
    guard op.name == "window-sum-equal" else { return try add(op, [value], attributes) }
    let summed = try valueOf(TensorType(random.pick(options.dtypes), type.shape))
    let shape: Shape
    do {
      shape = try Op.windowSum.checkedTypes([type], attributes)[0].shape
    } catch {
      return
    }
    guard fits(shape) else { return }
    let compared = try valueOf(TensorType(type.dtype, shape))
    try add(op, [value, summed, compared], attributes)
  }

  private mutating func addConcat(_ op: Op, _ value: Value) throws(TapeError) {
    let type = builder.type(of: value)
    guard type.rank > 0 else { return }
    let axis = random.number(0...(type.rank - 1))
    var operands = [value]
    for _ in 0..<random.number(0...2) {
      var other = type
      other.shape[axis] = random.pick([0, 1, 3, type.shape[axis]])
      operands.append(try valueOf(other))
    }
    try add(op, operands.shuffled(using: &random), [.axis: .integer(axis)])
  }

  private mutating func addDot(_ op: Op, _ value: Value) throws(TapeError) {
    let type = builder.type(of: value)
    let order = (0..<type.rank).shuffled(using: &random)
    let batch = Array(order.prefix(random.number(0...min(1, type.rank))))
    let contract = Array(
      order.dropFirst(batch.count).prefix(random.number(0...min(2, type.rank - batch.count))))
    let paired = batch + contract
    let free = (0..<random.number(0...1)).map { _ in random.pick([1, 3, 5] as [Dim]) }
    let places = (0..<(paired.count + free.count)).shuffled(using: &random)
    var dims = [Dim](repeating: 1, count: places.count)
    for (place, dim) in zip(places, paired.map { type.shape[$0] } + free) { dims[place] = dim }
    let terms = type.shape.elementCount * free.reduce(1, *)
    guard fits(Shape(dims)), terms.constant ?? 0 <= options.contractionLimit else { return }
    var attributes: Attributes = [
      .lhsContract: .integers(contract),
      .rhsContract: .integers(Array(places[batch.count..<paired.count])),
    ]
    if !batch.isEmpty || random.chance(1, in: 2) {
      attributes[.lhsBatch] = .integers(batch)
      attributes[.rhsBatch] = .integers(Array(places.prefix(batch.count)))
    }
    let other = try valueOf(TensorType(type.dtype, Shape(dims)))
    try add(op, [value, other], attributes)
  }

  /// Some of the axes, in any order.
  private mutating func axes(_ rank: Int) -> [Int] {
    Array((0..<rank).shuffled(using: &random).prefix(random.number(0...rank)))
  }
}
