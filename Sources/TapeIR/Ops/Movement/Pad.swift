import ScalarIR

extension Op {
  /// The elements with a value put before, behind and between them; negative amounts before and
  /// behind take elements away, after those between have been put.
  package static let pad: Op = Op(
    "pad", summary: "elements with a value around and between them; negative amounts crop",
    kind: .movement,
    constraints: [
      "C1 v has rank 0 and the element type of x.",
      "C2 :low, :high and :interior have one entry an axis of x; :interior is 0 without it.",
      "C3 :interior is not negative.",
      "C4 y's sizes are low + n + max(n − 1, 0) · interior + high, and not negative.",
    ],
    arity: .exactly(2),
    attributes: [
      AttributeSpec(.low, .dims), AttributeSpec(.high, .dims),
      AttributeSpec(.interior, .integers, isRequired: false),
    ],
    infer: { (types, attributes) throws(ConstraintViolation) in
      let (x, value) = (types[0], types[1])
      if value != TensorType(x.dtype, .scalar) {
        throw ConstraintViolation(
          "C1", "pad of \(x) needs a value of type \(x.dtype)[], found \(value)")
      }
      let (low, high) = (attributes.dims(.low), attributes.dims(.high))
      let interior = interiorPadding(attributes, rank: x.rank)
      for (key, count) in [
        (AttributeKey.low, low.count), (.high, high.count), (.interior, interior.count),
      ] where count != x.rank {
        throw ConstraintViolation(
          "C2",
          "pad of \(x) needs \(x.rank) entr\(x.rank == 1 ? "y" : "ies") in :\(key.rawValue), "
            + "found \(count)")
      }
      for amount in interior where amount < 0 {
        throw ConstraintViolation("C3", "pad needs :interior of at least 0, found \(amount)")
      }
      try checkDistances("pad", .low, low)
      try checkDistances("pad", .high, high)
      try checkDistances("pad", .interior, interior.map(Dim.constant))
      let dims = x.shape.dims.enumerated().map { axis, size in
        low[axis] + size.dilated(by: interior[axis] + 1) + high[axis]
      }
      if let axis = dims.firstIndex(where: { $0.constant.map { $0 < 0 } ?? false }) {
        throw ConstraintViolation(
          "C4",
          "pad of \(x) by \(low[axis]) and \(high[axis]) along axis \(axis) would leave the size "
            + "\(dims[axis])")
      }
      return [TensorType(x.dtype, Shape(dims))]
    },
    family: { types, attributes in
      let (low, shape) = (attributes.dims(.low), types[0].shape)
      let steps = interiorPadding(attributes, rank: shape.rank).map { $0 + 1 }
      let coordinates = steps.indices.map { axis in
        Movement.Coordinate(axis: axis, offset: 0 - low[axis], divisor: steps[axis])
      }
      let domains = steps.indices.map { axis in
        Movement.Domain(
          axis: axis, lower: low[axis], upper: low[axis] + shape[axis].dilated(by: steps[axis]),
          step: steps[axis])
      }
      return .movement(
        .mapped([
          Movement.Piece(operand: 0, coordinates: coordinates, domains: domains),
          Movement.Piece(operand: 1, coordinates: []),
        ]))
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil, nil] }
      let (x, attributes) = (context.operands[0], context.attributes)
      let (low, high) = (attributes.dims(.low), attributes.dims(.high))
      var ofElements: Value?
      if context.isWanted[0] {
        // What was put around is taken away; where elements were taken, zeros stand for them. Then
        // each element begins a run of a whole step.
        let steps = interiorPadding(attributes, rank: low.count).map { $0 + 1 }
        let shape = builder.shape(of: x)
        let rest = steps.indices.map { axis in
          shape[axis] * .constant(steps[axis]) - shape[axis].dilated(by: steps[axis]) - high[axis]
        }
        let zero = try builder.splat(.zero(builder.dtype(of: x)), .scalar)
        let runs = try builder.pad(cotangent, with: zero, low: low.map { 0 - $0 }, high: rest)
        ofElements = try builder.slice(runs, strides: steps)
      }
      var ofValue: Value?
      if context.isWanted[1] {
        let taken = try builder.splat(ScalarValue(false), builder.shape(of: x))
        let isPadding = try builder.apply(
          .pad, [taken, builder.splat(ScalarValue(true), .scalar)], attributes)[0]
        let zeros = try builder.splat(0, like: cotangent)
        let share = try builder.op(.select, isPadding, cotangent, zeros)
        ofValue = try builder.sum(share, axes: Array(builder.shape(of: share).dims.indices))
      }
      return [ofElements, ofValue]
    })

  /// `:interior`, or 0 along each axis.
  private static func interiorPadding(_ attributes: Attributes, rank: Int) -> [Int] {
    attributes[.interior] == nil
      ? [Int](repeating: 0, count: rank) : attributes.integers(.interior)
  }
}

extension Dim {
  /// The size from the first of this many elements to the last, `step` apart.
  package func dilated(by step: Int) -> Dim {
    step == 1 ? self : self + Dim.maximum(self - 1, 0) * .constant(step - 1)
  }
}

extension TapeBuilder {
  /// The elements with `filler`, of rank 0, around them, and `step − 1` times between them.
  package mutating func pad(
    _ value: Value, with filler: Value, low: [Dim], high: [Dim], steps: [Int] = []
  ) throws(TapeError) -> Value {
    let isSpaced = steps.contains { $0 != 1 }
    if !isSpaced, (low + high).allSatisfy({ $0 == 0 }) { return value }
    var attributes: Attributes = [.low: .dims(low), .high: .dims(high)]
    if isSpaced { attributes[.interior] = .integers(steps.map { $0 - 1 }) }
    return try op(.pad, value, filler, attributes: attributes)
  }

  /// Every `strides`-th element along each axis, from the first on.
  package mutating func slice(_ value: Value, strides: [Int]) throws(TapeError) -> Value {
    if strides.allSatisfy({ $0 == 1 }) { return value }
    let shape = shape(of: value)
    return try op(
      .slice, value,
      attributes: [
        .start: .dims([Dim](repeating: 0, count: shape.rank)), .limit: .dims(shape.dims),
        .stride: .integers(strides),
      ])
  }
}
