import ScalarIR
import TapeIR

// BEFORE  (a (pad x v :low [1] :high [2])      f32[7])      ; x is f32[4]
//         (b (pad a v :low [0] :high [3])      f32[10])
//         (c (slice b :start [1] :limit [5])   f32[4])
// AFTER   (b (pad x v :low [1] :high [5])      f32[10])
//         (c x)                                             ; and so on, whatever is left of a and b
//
// A padding of a padding with the same value is one padding, and so is a slice of one: it takes away
// what lies outside. Not so where the first takes elements away and the second puts the value in
// their place, or where the second spaces what the first has put around.

/// How much of a value is put before, behind and between the elements along each axis.
struct Padding {
  var low: [Dim]
  var high: [Dim]
  /// The distance from one element to the next.
  let steps: [Int]

  /// Nil for a movement that is no padding.
  init?(_ movement: Movement, of shape: Shape, to resultShape: Shape) {
    guard case .mapped(let pieces) = movement, pieces.count == 2, pieces[1].domains.isEmpty,
      pieces[0].domains.map(\.axis) == Array(shape.dims.indices)
    else { return nil }
    low = pieces[0].domains.map(\.lower)
    steps = pieces[0].domains.map(\.step)
    high = pieces[0].domains.enumerated().map { axis, domain in resultShape[axis] - domain.upper }
  }

  /// The padding that takes away what lies outside a range along each axis.
  init(keeping start: [Dim], to limit: [Dim], of shape: Shape) {
    low = start.map { 0 - $0 }
    high = limit.enumerated().map { axis, end in end - shape[axis] }
    steps = [Int](repeating: 1, count: start.count)
  }

  /// Whether nothing is put anywhere and nothing taken away.
  func isIdentity(on shape: Shape) -> Bool {
    (low + high).allSatisfy { $0 == 0 }
      && steps.enumerated().allSatisfy { axis, step in step == 1 || shape[axis] == 1 }
  }

  /// Whether elements are only taken away.
  var isCropping: Bool {
    steps.allSatisfy { $0 == 1 } && (low + high).allSatisfy { $0.constant.map { $0 <= 0 } ?? false }
  }

  /// This padding after `inner`, with the same value; nil where no padding does both.
  func after(_ inner: Padding) -> Padding? {
    func areJoint(_ inner: Dim, _ outer: Dim) -> Bool {
      inner == 0 || outer == 0 || (inner.constant ?? -1) > 0 || (outer.constant ?? 1) < 0
    }
    guard steps.allSatisfy({ $0 == 1 }),
      zip(inner.low, low).allSatisfy(areJoint), zip(inner.high, high).allSatisfy(areJoint)
    else { return nil }
    var joint = inner
    joint.low = zip(inner.low, low).map { $0 + $1 }
    joint.high = zip(inner.high, high).map { $0 + $1 }
    return joint
  }
}

extension Canonicalization {
  /// What a padding of a value with another one is.
  mutating func padded(
    _ value: Value, with filler: Value, _ padding: Padding
  ) throws(TapeError) -> Value {
    var (value, padding) = (value, padding)
    while let (origin, innerFiller, inner) = origin(of: value), innerFiller == filler,
      let joint = padding.after(inner)
    {
      (value, padding) = (origin, joint)
    }
    if padding.isIdentity(on: shape(of: value)) { return value }
    if padding.isCropping { return try sliced(value, padding) }
    return try rewriter.builder.pad(
      value, with: filler, low: padding.low, high: padding.high, steps: padding.steps)
  }

  /// The slice of a padded value, if that is itself a padding.
  mutating func cropped(_ value: Value, _ cropping: Padding) throws(TapeError) -> Value? {
    guard let (origin, filler, inner) = origin(of: value), let joint = cropping.after(inner) else {
      return nil
    }
    return try padded(origin, with: filler, joint)
  }

  /// What the value is a padding of, and with what.
  private mutating func origin(of value: Value) -> (value: Value, filler: Value, Padding)? {
    guard let (node, family) = producer(of: value), case .movement(let movement) = family,
      let padding = Padding(movement, of: shape(of: node.operands[0]), to: shape(of: value))
    else { return nil }
    return (node.operands[0], node.operands[1], padding)
  }

  /// What a padding that only takes away leaves of the value.
  private mutating func sliced(_ value: Value, _ padding: Padding) throws(TapeError) -> Value {
    let shape = shape(of: value)
    let start = padding.low.map { 0 - $0 }
    let limit = padding.high.enumerated().map { axis, high in shape[axis] + high }
    let coordinates = start.enumerated().map { axis, offset in
      Movement.Coordinate(axis: axis, offset: offset)
    }
    let movement = Movement.mapped([Movement.Piece(operand: 0, coordinates: coordinates)])
    let sizes = Shape(zip(limit, start).map { $0 - $1 })
    guard let (map, form) = composed(movement, of: value, to: sizes) else {
      return try rewriter.builder.move(
        value, .slice(start: start, limit: limit, stride: padding.steps))
    }
    return try rewriter.builder.move(map.operand, form)
  }
}
