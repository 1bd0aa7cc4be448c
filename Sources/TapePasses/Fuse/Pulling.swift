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
  /// Whether it is read at coordinates that are no function of the reader's, and so as a buffer.
  package var isWhole = false
}

extension Family {
  /// Whether a node reads an operand as a buffer instead of element by element.
  ///
  /// Indices that are checked are, because the check reads them too.
  package func readsWhole(_ operand: Int) -> Bool {
    switch self {
    case .contraction, .convolution, .control, .source(.generated), .sorting, .linearAlgebra, .host:
      true
    case .indexing(.gather): operand == 0 || isChecked(operand)
    case .indexing(.scatter(let scatter)):
      scatter.isReplacement ? operand == scatter.updates : isChecked(operand)
    case .source, .elementwise, .movement, .reduction, .fold, .scan, .window: false
    }
  }

  private func isChecked(_ operand: Int) -> Bool {
    guard case .indexing(let indexing) = self else { return false }
    return indexing.check?.operand == operand
  }
}

extension Tape {
  /// What the operands of a node amount to once inlined nodes are looked through.
  ///
  /// - Complexity: linear in the number of inlined nodes behind the operands.
  package func pulledUses(of node: Node, isInlined: (Int) -> Bool) -> [PulledUse] {
    var (uses, pending) = directUses(of: node)
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
        for direct in directUses(of: inner).inPlace {
          pending.append(
            PulledUse(
              value: direct.value,
              coordinates: direct.coordinates.map { $0.composed(with: use.coordinates) },
              isPartial: use.isPartial || direct.isPartial))
        }
      case .fold, .scan, .window, .contraction, .convolution, .control, .indexing, .sorting,
        .linearAlgebra, .host:
        uses.append(use)
      }
    }
    return uses
  }

  /// The node's operands that are read whole, and those that are read element by element.
  private func directUses(of node: Node) -> (whole: [PulledUse], inPlace: [PulledUse]) {
    let family = family(of: node)
    var (whole, inPlace): ([PulledUse], [PulledUse]) = ([], [])
    if case .movement(let movement) = family,
      let pieces = movement.pieces(
        operand: type(of: node.operands[0]).shape, result: type(of: node.firstResult).shape)
    {
      return (
        [],
        pieces.map {
          PulledUse(
            value: node.operands[$0.operand], coordinates: $0.coordinates,
            isPartial: pieces.count > 1)
        }
      )
    }
    for (number, operand) in node.operands.enumerated() {
      let identity = type(of: operand).shape.dims.indices.map { Movement.Coordinate(axis: $0) }
      var coordinates = [identity]
      if case .indexing(let indexing) = family {
        let starts = indexing.axes.compactMap(\.start).filter { $0.operand == number }
        if !starts.isEmpty { coordinates = starts.map(\.coordinates) }
      }
      if family.readsWhole(number) {
        whole.append(
          PulledUse(value: operand, coordinates: identity, isPartial: false, isWhole: true))
      } else {
        inPlace += coordinates.map {
          PulledUse(value: operand, coordinates: $0, isPartial: false)
        }
      }
    }
    return (whole, inPlace)
  }

  private struct VisitKey: Hashable {
    let value: Value
    let coordinates: [Movement.Coordinate]
  }
}
