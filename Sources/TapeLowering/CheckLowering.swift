import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// A search for the first index out of bounds: threads search blocks of the indices, in the lanes of
// vectors, and what they find is the same for any number of them. Nothing is stored by two.

extension Lowering {
  /// Adds the check of a node's indices, where an index out of bounds is an error.
  mutating func lowerCheck(_ number: Int) {
    let tape = fused.tape
    let node = tape.nodes[number]
    guard case .indexing(let indexing) = tape.family(of: node), let check = indexing.check,
      let indices = buffers[node.operands[check.operand]]
    else { return }
    let type = tape.type(of: node.operands[check.operand])
    let count = Index(type.shape.elementCount)
    if count == 0 { return }
    let limits = indexing.limits(tape.type(of: node.operands[0]).shape)
    let search = IndexSearch(
      indices: indices, type: type, check: check, limits: check.axes.map { Index(limits[$0]) })
    let status = buffers.declare(
      nil, .i64, count: .constant(ProgramCheck.statusCount))
    checks.append(
      (
        number,
        ProgramCheck(
          op: node.op.name, status: status, dtype: type.dtype,
          sizes: type.shape.dims.map { Index($0) }, vectorAxis: check.vectorAxis,
          limits: search.limits)
      ))
    let group = FusionGroup(kind: .loops, domain: type.shape, nodes: [number])
    var first = emitter(for: group)
    if let known = count.constant, known <= IndexSearch.block {
      first.search(search, block: 0) { emitter, found in
        emitter.store(found, of: search, to: status)
      }
      return launch(first)
    }
    let blocks = count.quotientRoundedUp(by: .constant(IndexSearch.block))
    let partial = buffers.declare(nil, .i64, count: blocks)
    first.outerLoop(blocks) { emitter, block in
      emitter.search(search, block: block) { emitter, found in
        let name = emitter.array(partial, dtype: .i64, access: .write)
        emitter.append(.store(array: name, index: block, value: found.variable))
      }
    }
    launch(first)
    var second = emitter(for: group)
    second.combine(partial, count: blocks) { emitter, found in
      emitter.store(found, of: search, to: status)
    }
    launch(second)
  }
}

/// Indices that are searched for one that is out of bounds.
private struct IndexSearch {
  let indices: BufferID
  let type: TensorType
  let check: Indexing.Check
  /// The greatest index that is in bounds, for each position along the vector axis.
  let limits: [Index]

  /// Indices that one iteration of the outer loop looks at.
  static let block = 4096
  /// Lanes that look for the first one side by side.
  static let lanes = 16
  /// A position behind all others.
  static let none = ScalarValue.highest(.i64)
}

extension KernelEmitter {
  /// Finds the position of the first index of a block that is out of bounds.
  fileprivate mutating func search(
    _ search: IndexSearch, block: Index,
    _ body: (inout KernelEmitter, _ found: Scalar) -> Void
  ) {
    let lanes: Index = .constant(IndexSearch.lanes)
    let size: Index = .constant(IndexSearch.block)
    let count = Index(search.type.shape.elementCount)
    let name = freshVariable("s").name
    append(.scratch(name: name, .i64, count: IndexSearch.lanes))
    let none = constant(IndexSearch.none)
    loop(lanes) { emitter, l in
      emitter.append(.store(array: name, index: l, value: none.variable))
    }
    let rest: Index = .minimum(of: size, count - block * size)
    let array = array(search.indices, dtype: search.type.dtype, access: .read)
    loop(rest.quotientRoundedUp(by: lanes)) { emitter, c in
      emitter.loop(lanes) { emitter, l in
        let depth = emitter.depth
        let position = block * size + c * lanes + l
        let place = emitter.define(.i64, .index(position), scope: depth)
        let raw = emitter.define(
          search.type.dtype,
          .load(
            array: array, index: position, condition: Condition([.less(position, count)]),
            otherwise: .zero(search.type.dtype)), scope: depth)
        let end = emitter.define(.i64, .index(count), scope: depth)
        let isThere = emitter.define(
          .bool, .compare(.lt, place.variable, end.variable), scope: depth)
        let isBeyond = emitter.isBeyond(raw, position, search)
        let isFound = emitter.define(
          .bool, .binary(.and, isThere.variable, isBeyond.variable), scope: depth)
        let candidate = emitter.define(
          .i64, .select(isFound.variable, place.variable, none.variable), scope: depth)
        emitter.keepLeast(candidate, in: name, at: l)
      }
    }
    let least = reduceLanes(name)
    body(&self, least)
  }

  /// Whether an index, as an `i64`, is negative or exceeds its limit. Too large for an `i64` is
  /// negative.
  private mutating func isBeyond(
    _ raw: Scalar, _ position: Index, _ search: IndexSearch
  ) -> Scalar {
    let depth = depth
    let value = define(.i64, .convert(raw.variable), scope: depth)
    var limit = define(.i64, .index(search.limits.first ?? -1), scope: depth)
    if let axis = search.check.vectorAxis, search.limits.contains(where: { $0 != search.limits[0] })
    {
      let shape = search.type.shape
      let component = define(
        .i64,
        .index(
          position.quotient(byAtLeastOne: Index(shape.strides[axis]))
            .remainder(byAtLeastOne: Index(shape[axis]))), scope: depth)
      for (number, other) in search.limits.enumerated().dropFirst() {
        let own = define(.i64, .index(.constant(number)), scope: depth)
        let isOwn = define(
          .bool, .compare(.eq, component.variable, own.variable), scope: depth)
        let ownLimit = define(.i64, .index(other), scope: depth)
        limit = define(
          .i64, .select(isOwn.variable, ownLimit.variable, limit.variable), scope: depth)
      }
    }
    let zero = constant(.zero(.i64))
    let isNegative = define(.bool, .compare(.lt, value.variable, zero.variable), scope: depth)
    let isGreat = define(.bool, .compare(.gt, value.variable, limit.variable), scope: depth)
    return define(.bool, .binary(.or, isNegative.variable, isGreat.variable), scope: depth)
  }

  /// Finds the least of the positions that blocks have found.
  fileprivate mutating func combine(
    _ partial: BufferID, count: Index, _ body: (inout KernelEmitter, _ found: Scalar) -> Void
  ) {
    let name = freshVariable("s").name
    append(.scratch(name: name, .i64, count: 1))
    let none = constant(IndexSearch.none)
    append(.store(array: name, index: 0, value: none.variable))
    let array = array(partial, dtype: .i64, access: .read)
    loop(count) { emitter, b in
      let candidate = emitter.define(.i64, .load(array: array, index: b), scope: emitter.depth)
      emitter.keepLeast(candidate, in: name, at: 0)
    }
    body(&self, define(.i64, .load(array: name, index: 0), scope: depth))
  }

  private mutating func keepLeast(_ candidate: Scalar, in name: String, at place: Index) {
    let before = define(.i64, .load(array: name, index: place), scope: depth)
    let least = define(
      .i64, .binary(.minimum, before.variable, candidate.variable), scope: depth)
    append(.store(array: name, index: place, value: least.variable))
  }

  /// The least of what lanes hold.
  private mutating func reduceLanes(_ name: String) -> Scalar {
    var half = IndexSearch.lanes / 2
    while half > 0 {
      loop(.constant(half)) { emitter, l in
        let other = emitter.define(
          .i64, .load(array: name, index: l + .constant(half)), scope: emitter.depth)
        emitter.keepLeast(other, in: name, at: l)
      }
      half /= 2
    }
    return define(.i64, .load(array: name, index: 0), scope: depth)
  }

  /// Writes what was found, −1 for nothing, and the index there.
  fileprivate mutating func store(_ found: Scalar, of search: IndexSearch, to status: BufferID) {
    let depth = depth
    let none = constant(IndexSearch.none)
    let isFound = define(.bool, .compare(.lt, found.variable, none.variable), scope: depth)
    let nothing = constant(ScalarValue(.i64, wrapping: -1))
    let position = define(
      .i64, .select(isFound.variable, found.variable, nothing.variable), scope: depth)
    let indices = array(search.indices, dtype: search.type.dtype, access: .read)
    let raw = define(
      search.type.dtype,
      .load(
        array: indices, index: .value(position.variable),
        condition: Condition([.holds(isFound.variable)]), otherwise: .zero(search.type.dtype)),
      scope: depth)
    let index = define(.i64, .convert(raw.variable), scope: depth)
    let name = array(status, dtype: .i64, access: .write)
    append(.store(array: name, index: 0, value: position.variable))
    append(.store(array: name, index: 1, value: index.variable))
  }
}
