import ScalarIR
import TapeIR

/// A movement of one operand: for each axis of the operand, its coordinate in terms of the result's
/// axes. Chains of movements compose into one.
struct MovementMap {
  let operand: Value
  let operandShape: Shape
  let resultShape: Shape
  private let coordinates: [Movement.Coordinate]

  /// How one op says the movement.
  enum Form: Hashable {
    /// The operand as it is.
    case identity
    case reshape(Shape)
    case transpose(axes: [Int])
    case broadcast(Shape, axes: [Int])
    case slice(start: [Dim], limit: [Dim], stride: [Int])
    case reverse(axes: [Int])
  }

  /// Nil for a movement of several pieces, and for a reinterpretation that regroups elements.
  init?(_ movement: Movement, of operand: Value, shape: Shape, to resultShape: Shape) {
    guard let pieces = movement.pieces(operand: shape, result: resultShape), pieces.count == 1
    else { return nil }
    self.init(operand, shape, to: resultShape, pieces[0].coordinates)
  }

  private init(
    _ operand: Value, _ shape: Shape, to resultShape: Shape, _ coordinates: [Movement.Coordinate]
  ) {
    self.operand = operand
    operandShape = shape
    self.resultShape = resultShape
    // The only position along an axis of size 1 is 0, wherever it is asked for.
    self.coordinates = coordinates.enumerated().map { axis, coordinate in
      shape[axis] == 1 ? Movement.Coordinate(axis: nil) : coordinate
    }
  }

  /// This movement after the one that makes its operand from `inner`.
  func composed(with movement: Movement, of inner: Value, shape: Shape) -> MovementMap? {
    guard let first = MovementMap(movement, of: inner, shape: shape, to: operandShape) else {
      return nil
    }
    return MovementMap(
      inner, shape, to: resultShape, first.coordinates.map { $0.composed(with: coordinates) })
  }

  /// The simplest op that says the movement, if one does.
  var form: Form? {
    let isUnscaled = coordinates.allSatisfy {
      $0.offset == 0 && ($0.stride == 1 || $0.axis == nil)
    }
    return isUnscaled ? unscaledForm : slice ?? reversal
  }

  /// What the movement, where it is a slice of adjacent elements, leaves of the operand.
  var cropping: Padding? {
    guard case .slice(let start, let limit, let stride)? = form, stride.allSatisfy({ $0 == 1 })
    else { return nil }
    return Padding(keeping: start, to: limit, of: operandShape)
  }

  /// The reversal that this is, where each axis stays in its place and keeps its size.
  private var reversal: Form? {
    guard operandShape == resultShape else { return nil }
    var axes: [Int] = []
    for (axis, coordinate) in coordinates.enumerated() where operandShape[axis] != 1 {
      guard coordinate.axis == axis else { return nil }
      if coordinate.stride == 1, coordinate.offset == 0 { continue }
      guard coordinate.stride == -1, coordinate.offset == operandShape[axis] - 1 else { return nil }
      axes.append(axis)
    }
    return .reverse(axes: axes)
  }

  /// The operand's axes of other sizes than 1.
  private var wideAxes: [Int] { coordinates.indices.filter { operandShape[$0] != 1 } }

  private var unscaledForm: Form? {
    let wide = wideAxes
    let targets = wide.compactMap { coordinates[$0].axis }
    guard targets.count == wide.count, Set(targets).count == targets.count,
      zip(wide, targets).allSatisfy({ operandShape[$0] == resultShape[$1] })
    else { return slice }
    let keepsElements = targets.count == resultShape.dims.count { $0 != 1 }
    if keepsElements, targets == targets.sorted() {
      return operandShape == resultShape ? .identity : .reshape(resultShape)
    }
    guard let axes = resultAxes else { return nil }
    if keepsElements, axes.count == resultShape.rank {
      return .transpose(axes: axes.indices.compactMap { axes.firstIndex(of: $0) })
    }
    return .broadcast(resultShape, axes: axes)
  }

  /// A distinct axis of the result for each axis of the operand, those of size 1 included; nil
  /// where the result has too few.
  private var resultAxes: [Int]? {
    var axes = coordinates.map(\.axis)
    var free = Set(resultShape.dims.indices).subtracting(axes.compactMap(\.self))
    for axis in axes.indices where axes[axis] == nil {
      let aligned = resultShape.rank - axes.count + axis
      guard let chosen = free.contains(aligned) ? aligned : free.min() else { return nil }
      axes[axis] = chosen
      free.remove(chosen)
    }
    return axes.compactMap(\.self)
  }

  /// The slice that this is, where each axis stays in its place.
  private var slice: Form? {
    guard operandShape.rank == resultShape.rank else { return nil }
    var (start, limit, stride): ([Dim], [Dim], [Int]) = ([], [], [])
    for (axis, coordinate) in coordinates.enumerated() {
      let size = resultShape[axis]
      if coordinate.axis == nil {
        guard operandShape[axis] == 1, size == 1 else { return nil }
      } else {
        // How far a slice without elements reaches cannot be told from where it starts.
        guard coordinate.axis == axis, coordinate.stride >= 1, size != 0 else { return nil }
        guard coordinate.stride == 1 || !size.isSymbolic else { return nil }
      }
      start.append(coordinate.offset)
      limit.append(coordinate.offset + (size - 1) * .constant(coordinate.stride) + 1)
      stride.append(coordinate.stride)
    }
    return .slice(start: start, limit: limit, stride: stride)
  }
}

extension TapeBuilder {
  /// The value moved as `form` says.
  mutating func move(_ value: Value, _ form: MovementMap.Form) throws(TapeError) -> Value {
    switch form {
    case .identity: return value
    case .reshape(let shape): return try reshape(value, to: shape)
    case .transpose(let axes): return try transpose(value, axes: axes)
    case .broadcast(let shape, let axes):
      let lastAxes = Array(shape.dims.indices.suffix(axes.count))
      if axes == lastAxes { return try broadcast(value, to: shape) }
      return try op(
        .broadcast, value, attributes: [.shape: .dims(shape.dims), .axes: .integers(axes)])
    case .slice(let start, let limit, let stride):
      var attributes: Attributes = [.start: .dims(start), .limit: .dims(limit)]
      if stride.contains(where: { $0 != 1 }) { attributes[.stride] = .integers(stride) }
      return try op(.slice, value, attributes: attributes)
    case .reverse(let axes): return try reverse(value, axes: axes)
    }
  }
}
