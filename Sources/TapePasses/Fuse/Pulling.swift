import ScalarIR
import TapeIR

extension Movement {
  /// The pieces of a movement whose coordinates are all affine in the result's; nil for a
  /// reinterpretation that does more than add or drop axes of size 1.
  package func pieces(operand: Shape, result: Shape) -> [Piece]? {
    switch self {
    case .mapped(let pieces): return pieces
    case .reinterpreted:
      let source = operand.dims.indices.filter { operand[$0] != 1 }
      let target = result.dims.indices.filter { result[$0] != 1 }
      guard source.map({ operand[$0] }) == target.map({ result[$0] }) else { return nil }
      let coordinates = operand.dims.indices.map { axis in
        Coordinate(axis: source.firstIndex(of: axis).map { target[$0] })
      }
      return [Piece(operand: 0, coordinates: coordinates)]
    }
  }
}

extension Movement.Coordinate {
  /// This coordinate where the axes it refers to are themselves given by `coordinates`.
  func composed(with coordinates: [Movement.Coordinate]) -> Movement.Coordinate {
    guard let axis else { return self }
    let inner = coordinates[axis]
    let offset = offset * .constant(inner.divisor) + inner.offset * .constant(stride)
    let divisor = divisor * inner.divisor
    guard inner.axis != nil else {
      return Movement.Coordinate(axis: nil, offset: offset.floorDivided(by: divisor))
    }
    return Movement.Coordinate(
      axis: inner.axis, stride: stride * inner.stride, offset: offset, divisor: divisor)
  }
}

/// A value that a node reads, behind whatever is inlined between them, and at which coordinates.
package struct PulledUse {
  package let value: Value
  /// For each axis of the value, its coordinate in terms of the reader's axes.
  package let coordinates: [Movement.Coordinate]
  /// Whether the value is read under a condition, as part of a concatenation or a padding.
  package let isPartial: Bool
}

extension Tape {
  /// What the operands of a node amount to once inlined nodes are looked through.
  ///
  /// - Complexity: linear in the number of inlined nodes behind the operands.
  package func pulledUses(of node: Node, isInlined: (Int) -> Bool) -> [PulledUse] {
    var uses: [PulledUse] = []
    var pending = directUses(of: node)
    var visited: Set<VisitKey> = []
    while let use = pending.popLast() {
      guard visited.insert(VisitKey(value: use.value, coordinates: use.coordinates)).inserted else {
        continue
      }
      guard let number = producer(of: use.value), isInlined(number) else {
        uses.append(use)
        continue
      }
      let inner = nodes[number]
      switch family(of: inner) {
      case .source: break
      case .elementwise, .reduction:
        // A reduction is inlined only where it is along no axes, element by element.
        for operand in inner.operands {
          pending.append(
            PulledUse(value: operand, coordinates: use.coordinates, isPartial: use.isPartial))
        }
      case .movement:
        for direct in directUses(of: inner) {
          pending.append(
            PulledUse(
              value: direct.value,
              coordinates: direct.coordinates.map { $0.composed(with: use.coordinates) },
              isPartial: use.isPartial || direct.isPartial))
        }
      case .scan, .window, .contraction: uses.append(use)
      }
    }
    return uses
  }

  /// The operands of a node with the coordinates that it reads of them: those of the pieces of a
  /// movement, else the operands' own.
  private func directUses(of node: Node) -> [PulledUse] {
    if case .movement(let movement) = family(of: node),
      let pieces = movement.pieces(
        operand: type(of: node.operands[0]).shape, result: type(of: node.firstResult).shape)
    {
      return pieces.map { piece in
        PulledUse(
          value: node.operands[piece.operand], coordinates: piece.coordinates,
          isPartial: pieces.count > 1)
      }
    }
    return node.operands.map { operand in
      PulledUse(
        value: operand,
        coordinates: type(of: operand).shape.dims.indices.map { Movement.Coordinate(axis: $0) },
        isPartial: false)
    }
  }

  private struct VisitKey: Hashable {
    let value: Value
    let coordinates: [Movement.Coordinate]
  }
}
