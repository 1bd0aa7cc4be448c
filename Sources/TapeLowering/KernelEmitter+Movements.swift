import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// Elements of what is moved, joined or padded, at a position of the domain.

extension KernelEmitter {
  /// The element of a movement's result at `coordinates`.
  mutating func move(
    _ movement: Movement, _ node: Node, at coordinates: [AffineForm], guards: [Guard]
  ) -> Scalar {
    let type = tape.type(of: node.firstResult)
    let pieces =
      movement.pieces(operand: tape.type(of: node.operands[0]).shape, result: type.shape) ?? []
    if pieces.count == 2, pieces[1].domains.isEmpty {
      return padded(pieces[0], node, at: coordinates, guards: guards)
    }
    var result: Scalar?
    for piece in pieces {
      let inner = AffineForm.operandCoordinates(piece, at: coordinates, rank: rank)
      let operand = node.operands[piece.operand]
      guard let domain = piece.domains.first else {
        return pull(operand, at: inner, guards: guards)
      }
      if domain.lower == domain.upper { continue }
      let form = coordinates[domain.axis]
      let scalar = pull(
        operand, at: inner,
        guards: guards + [Guard(form: form, lower: domain.lower, upper: domain.upper)])
      // Pieces come in order, so what is not before this piece's end belongs to a later one.
      guard let earlier = result else {
        result = scalar
        continue
      }
      let place = index(of: form)
      let position = define(.i64, .index(place.index), scope: place.scope)
      let bound = define(.i64, .index(Index(domain.lower)), scope: base)
      let isHere = define(
        .bool, .compare(.ge, position.variable, bound.variable), scope: place.scope)
      result = define(
        type.dtype, .select(isHere.variable, scalar.variable, earlier.variable),
        scope: max(scalar.scope, earlier.scope, place.scope))
    }
    return result ?? constant(.zero(type.dtype))
  }

  /// The element of a padding: of the first operand where it has one there, else the second.
  private mutating func padded(
    _ piece: Movement.Piece, _ node: Node, at coordinates: [AffineForm], guards: [Guard]
  ) -> Scalar {
    let shape = tape.type(of: node.firstResult).shape
    let (operand, filler) = (node.operands[0], node.operands[1])
    let ranges = piece.domains.compactMap { domain -> Guard? in
      let coversAxis =
        domain.step == 1 && (domain.lower.constant ?? 1) <= 0
        && ((shape[domain.axis] - domain.upper).constant ?? 1) <= 0
      if coversAxis { return nil }
      return Guard(
        form: coordinates[domain.axis], lower: domain.lower, upper: domain.upper, step: domain.step)
    }
    if ranges.contains(where: { $0.lower == $0.upper }) {
      return pull(filler, at: [], guards: guards)
    }
    let inner = AffineForm.operandCoordinates(piece, at: coordinates, rank: rank)
    if let number = tape.producer(of: filler),
      case .source(.constant(let literal)) = tape.family(of: tape.nodes[number])
    {
      return pull(operand, at: inner, guards: guards, within: ranges, otherwise: literal[0])
    }
    let element = pull(operand, at: inner, guards: guards + ranges)
    let rest = pull(filler, at: [], guards: guards)
    return select(element, within: ranges, otherwise: rest, tape.type(of: operand).dtype)
  }

  /// The element of `value` at `coordinates` where all of `ranges` hold, else `otherwise`.
  mutating func pull(
    _ value: Value, at coordinates: [AffineForm], guards: [Guard], within ranges: [Guard],
    otherwise: ScalarValue
  ) -> Scalar {
    if isLoaded(value) {
      return load(value, at: coordinates, guards: guards + ranges, otherwise: otherwise)
    }
    let element = pull(value, at: coordinates, guards: guards + ranges)
    return ranges.isEmpty
      ? element : select(element, within: ranges, otherwise: constant(otherwise), otherwise.dtype)
  }

  /// Whether the kernel finds the value in a buffer.
  private func isLoaded(_ value: Value) -> Bool {
    if reduced[value] != nil || cached[value] != nil { return false }
    guard let number = tape.producer(of: value) else { return true }
    return !isComputedHere(number)
  }

  /// `element` where all of `ranges` hold, else `otherwise`.
  mutating func select(
    _ element: Scalar, within ranges: [Guard], otherwise: Scalar, _ dtype: DType
  ) -> Scalar {
    guard var isHere = ranges.first.map({ isWithin($0) }) else { return element }
    for range in ranges.dropFirst() {
      let next = isWithin(range)
      isHere = define(
        .bool, .binary(.and, isHere.variable, next.variable), scope: max(isHere.scope, next.scope))
    }
    return define(
      dtype, .select(isHere.variable, element.variable, otherwise.variable),
      scope: max(isHere.scope, element.scope, otherwise.scope))
  }

  /// Whether the range holds, as a scalar: the distance from its start, which is a great number
  /// where it is negative, is less than its length and a multiple of its step.
  mutating func isWithin(_ range: Guard) -> Scalar {
    let dtype: DType = fitsInWord(range) ? .u32 : .u64
    let place = index(of: range.form)
    let distance = place.index - Index(range.lower)
    let number = define(dtype, .index(distance), scope: place.scope)
    let length = define(dtype, .index(Index(range.upper - range.lower)), scope: base)
    let isInside = define(
      .bool, .compare(.lt, number.variable, length.variable), scope: place.scope)
    if range.step == 1 { return isInside }
    let rest = define(
      dtype, .index(distance.remainder(by: .constant(range.step))), scope: place.scope)
    let isOnStep = define(
      .bool, .compare(.eq, rest.variable, constant(.zero(dtype)).variable), scope: place.scope)
    return define(
      .bool, .binary(.and, isInside.variable, isOnStep.variable), scope: place.scope)
  }

  /// Whether distances from the start of the range, and its length, are certainly below 2³¹.
  private func fitsInWord(_ range: Guard) -> Bool {
    let extents = group.domain.dims
    let distance = range.form + .constant(0 - range.lower, rank: rank)
    guard let reach = distance.reach(over: extents),
      let length = (range.upper - range.lower).constant
    else { return false }
    return reach < 1 << 31 && length < 1 << 31
  }
}
