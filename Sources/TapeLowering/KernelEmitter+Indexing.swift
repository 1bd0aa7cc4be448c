import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// Elements at positions that other tensors hold, as part of any loop nest. Whatever the indices are,
// nothing outside of an array is read: where an index out of bounds is an error, it is clipped here,
// and the program's checks tell of it.

extension KernelEmitter {
  /// Where windows begin along the axes that have a start.
  struct Origin {
    /// The sum of the starts times the axes' strides.
    var index: Index
    /// The starts.
    var starts: [(axis: Int, index: Index)] = []
    /// The loop inside which it is known.
    var scope: Int
    /// What must hold for the window to fit.
    var clauses: [Condition.Clause]
  }

  /// The element of a gather's result at `coordinates`.
  mutating func gather(
    _ gather: Gather, _ node: Node, at coordinates: [AffineForm], guards: [Guard]
  ) -> Scalar {
    let operand = node.operands[0]
    let type = tape.type(of: operand)
    let origin = origin(
      gather.axes, node, at: coordinates, guards: guards, isClipped: gather.bounds != .ignore)
    let missing = ScalarValue.outOfBounds(type.dtype)
    return load(
      operand, gather.axes, origin, at: coordinates, guards: guards,
      otherwise: gather.bounds == .ignore ? missing : .zero(type.dtype))
  }

  /// The element at `coordinates` of a tensor of which one window is replaced.
  mutating func replace(
    _ scatter: Scatter, _ node: Node, at coordinates: [AffineForm], guards: [Guard]
  ) -> Scalar {
    let (x, updates) = (node.operands[0], node.operands[scatter.updates])
    let shape = tape.type(of: x).shape
    let updateType = tape.type(of: updates)
    let before = pull(x, at: coordinates, guards: guards)
    var (clauses, scope) = conditions(guards)
    if let loadGuard { clauses.append(loadGuard) }
    var position: Index = 0
    var isInside: Scalar?
    let strides = updateType.shape.strides
    for (axis, address) in scatter.axes.enumerated() {
      let limit = Index(shape[axis] - address.window)
      let place = index(of: coordinates[axis])
      var distance = place.index
      scope = max(scope, place.scope)
      if let start = address.start, limit != 0 {
        let first = bounded(
          pull(node.operands[start.operand], at: [], guards: guards),
          tape.type(of: node.operands[start.operand]).dtype, limit: limit)
        scope = max(scope, first.scope)
        distance = distance - .value(first.variable)
      }
      if shape[axis] != address.window {
        for (low, high) in [(-1, distance), (distance, Index(address.window))] as [(Index, Index)] {
          clauses.append(.less(low, high))
          let holds = truth(of: low, isLess: high, scope: scope)
          isInside =
            isInside.map { known in
              define(
                .bool, .binary(.and, known.variable, holds.variable),
                scope: max(known.scope, holds.scope))
            } ?? holds
        }
      }
      position = position + distance * Index(strides[axis])
    }
    guard let buffer = buffers[updates] else {
      preconditionFailure("fusion left an update without a buffer")
    }
    if loadGuard != nil { scope = depth }
    let name = array(buffer, dtype: updateType.dtype, access: .read)
    let condition = Condition(clauses)
    let update = define(
      updateType.dtype,
      .load(
        array: name, index: position, condition: condition,
        otherwise: condition.isAlways ? nil : .zero(updateType.dtype)),
      scope: scope)
    guard let isInside else { return update }
    return define(
      updateType.dtype, .select(isInside.variable, update.variable, before.variable),
      scope: max(update.scope, before.scope, isInside.scope))
  }

  /// Whether one index is less than another, as a scalar.
  mutating func truth(of a: Index, isLess b: Index, scope: Int) -> Scalar {
    let left = define(.i64, .index(a), scope: scope)
    let right = define(.i64, .index(b), scope: scope)
    return define(.bool, .compare(.lt, left.variable, right.variable), scope: scope)
  }

  /// Where the windows of an element at `coordinates` begin.
  mutating func origin(
    _ axes: [Indexing.Axis], _ node: Node, at coordinates: [AffineForm], guards: [Guard],
    isClipped: Bool
  ) -> Origin {
    let shape = tape.type(of: node.operands[0]).shape
    var origin = Origin(index: 0, scope: base, clauses: [])
    for (axis, address) in axes.enumerated() {
      guard let start = address.start else { continue }
      let limit = Index(shape[axis] - address.window)
      let place = start.coordinates.map { coordinate in
        let offset = AffineForm.constant(coordinate.offset, rank: rank)
        return coordinate.axis.map {
          offset + coordinates[$0].scaled(by: .constant(coordinate.stride))
        } ?? offset
      }
      let raw = pull(node.operands[start.operand], at: place, guards: guards)
      let value: Scalar
      if isClipped {
        value = bounded(raw, tape.type(of: node.operands[start.operand]).dtype, limit: limit)
        if (limit.constant ?? -1) < 0 { origin.clauses.append(.less(-1, limit)) }
      } else {
        value = raw
        origin.clauses += [.less(-1, .value(raw.variable)), .less(.value(raw.variable), limit + 1)]
      }
      origin.scope = max(origin.scope, value.scope)
      origin.starts.append((axis, .value(value.variable)))
      origin.index = origin.index + .value(value.variable) * Index(shape.strides[axis])
    }
    return origin
  }

  /// An integer moved into `0 ... limit`; 0 where there is nothing in it.
  ///
  /// It stays narrow where that is right, for the sake of vectors.
  private mutating func bounded(_ raw: Scalar, _ source: DType, limit: Index) -> Scalar {
    let isNarrow = limit.constant.map { $0 <= Int(Int32.max) } ?? false
    let work: DType
    if source == .u64 {
      work = .u64
    } else if isNarrow, source == .u32 {
      work = .u32
    } else {
      work = isNarrow && source != .i64 ? .i32 : .i64
    }
    let value =
      source == work ? raw : define(work, .convert(raw.variable), scope: raw.scope)
    let greatest = define(work, .index(.maximum(of: limit, 0)), scope: base)
    let low = define(
      work, .binary(.minimum, value.variable, greatest.variable), scope: value.scope)
    if work.isUnsignedInteger { return low }
    let zero = constant(.zero(work))
    return define(work, .binary(.maximum, low.variable, zero.variable), scope: value.scope)
  }

  /// The element of `operand` in a window that begins at `origin`.
  private mutating func load(
    _ operand: Value, _ axes: [Indexing.Axis], _ origin: Origin, at coordinates: [AffineForm],
    guards: [Guard], otherwise: ScalarValue
  ) -> Scalar {
    let type = tape.type(of: operand)
    guard let buffer = buffers[operand] else {
      preconditionFailure("fusion left an indexed value without a buffer")
    }
    let place = index(of: windowPosition(axes, in: type.shape, at: coordinates))
    var (clauses, scope) = conditions(guards)
    clauses += origin.clauses
    scope = max(scope, place.scope, origin.scope)
    if let loadGuard, scope == depth { clauses.append(loadGuard) }
    let condition = Condition(clauses)
    let name = array(buffer, dtype: type.dtype, access: .read)
    return define(
      type.dtype,
      .load(
        array: name, index: place.index + origin.index, condition: condition,
        otherwise: condition.isAlways ? nil : otherwise),
      scope: scope)
  }

  /// The position in operand 0 of an element of a window that begins at its start.
  func windowPosition(
    _ axes: [Indexing.Axis], in shape: Shape, at coordinates: [AffineForm]
  ) -> AffineForm {
    let inner = axes.map { address in
      let coordinate = address.coordinate
      let offset = AffineForm.constant(coordinate.offset, rank: rank)
      return coordinate.axis.map {
        offset + coordinates[$0].scaled(by: .constant(coordinate.stride))
      } ?? offset
    }
    return .position(inner, in: shape, rank: rank)
  }
}
