import ScalarIR

extension Op {
  /// A fold over the windows of one operand.
  static func window(
    _ name: String, summary: String, fold: @escaping @Sendable (DType) -> Accumulation,
    gradient: Gradient
  ) -> Op {
    windowed(
      name, summary: summary, operands: 1,
      constraints: [OperandClass.number.constraint("C1", "x has")],
      fold: { fold($0[0].dtype) }, gradient: gradient,
      check: { (types, _) throws(ConstraintViolation) in
        if !types[0].dtype.isNumber {
          throw ConstraintViolation("C1", "\(name) needs number elements, found \(types[0])")
        }
      })
  }

  /// A fold over windows.
  ///
  /// - Parameters:
  ///   - count: the operands that are read over the window.
  ///   - centered: those that are read at the result's position.
  ///   - constraints: C1, on the operands.
  ///   - check: checks C1, given the operands' types and the result's.
  static func windowed(
    _ name: String, summary: String, operands count: Int, centered: Int = 0,
    constraints: [String], fold: @escaping @Sendable ([TensorType]) -> Accumulation,
    gradient: Gradient,
    check:
      @escaping @Sendable (_ operands: [TensorType], _ shape: Shape?)
      throws(ConstraintViolation) -> Void
  ) -> Op {
    Op(
      name, summary: summary,
      kind: .window,
      constraints: constraints + [
        "C2 :window, :stride, :low, :high and :dilation have one entry an axis of x; without them "
          + "strides and dilations are 1, low and high 0.",
        "C3 windows, strides and dilations are at least 1; a window has at most 2^32 positions.",
        "C4 y's sizes are (n + low + high − ((window − 1) · dilation + 1)) / stride + 1, rounded "
          + "down, at least 0.",
      ],
      arity: .exactly(count + centered),
      attributes: [
        AttributeSpec(.window, .integers), AttributeSpec(.stride, .integers, isRequired: false),
        AttributeSpec(.low, .dims, isRequired: false),
        AttributeSpec(.high, .dims, isRequired: false),
        AttributeSpec(.dilation, .integers, isRequired: false),
      ],
      infer: { (types, attributes) throws(ConstraintViolation) in
        try check(types, nil)
        let x = types[0]
        for (key, entries) in [
          (AttributeKey.window, attributes.integers(.window)),
          (.stride, attributes.integers(.stride)), (.dilation, attributes.integers(.dilation)),
        ] {
          if attributes[key] != nil, entries.count != x.rank {
            throw entryViolation(name, x, key, entries.count)
          }
          for entry in entries where entry < 1 {
            throw ConstraintViolation(
              "C3", "\(name) needs :\(key.rawValue) of at least 1, found \(entry)")
          }
        }
        for key in [AttributeKey.window, .stride, .dilation] {
          try checkDistances(name, key, attributes.integers(key).map(Dim.constant))
        }
        let positions = attributes.integers(.window).reduce(1 as Dim) { $0 * .constant($1) }
        if let count = positions.constant, count > 1 << 32 {
          throw ConstraintViolation(
            "C3", "\(name) needs windows of at most 2^32 positions, found \(count)")
        }
        for key in [AttributeKey.low, .high]
        where attributes[key] != nil && attributes.dims(key).count != x.rank {
          throw entryViolation(name, x, key, attributes.dims(key).count)
        }
        for key in [AttributeKey.low, .high] {
          try checkDistances(name, key, attributes.dims(key))
        }
        let axes = windowAxes(attributes, rank: x.rank)
        var shape = Shape(zip(axes, x.shape.dims).map { $0.count(on: $1) })
        if centered > 0, types[count].rank == shape.rank {
          // Where only symbols tell whether the sizes agree, they are taken to do so.
          for (axis, dim) in types[count].shape.dims.enumerated()
          where (dim - shape[axis]).isSymbolic {
            shape[axis] = dim
          }
        }
        try check(types, shape)
        return [TensorType(types[count - 1].dtype, shape)]
      },
      family: { types, attributes in
        .window(
          Window(
            fold: fold(types), axes: windowAxes(attributes, rank: types[0].rank),
            windowedCount: count))
      },
      gradient: gradient)
  }

  private static func entryViolation(
    _ name: String, _ x: TensorType, _ key: AttributeKey, _ count: Int
  ) -> ConstraintViolation {
    ConstraintViolation(
      "C2",
      "\(name) of \(x) needs \(x.rank) entr\(x.rank == 1 ? "y" : "ies") in :\(key.rawValue), "
        + "found \(count)")
  }

  /// How the windows of an op lie along each axis.
  static func windowAxes(_ attributes: Attributes, rank: Int) -> [Window.Axis] {
    let (strides, dilations) = (attributes.integers(.stride), attributes.integers(.dilation))
    let (low, high) = (attributes.dims(.low), attributes.dims(.high))
    return attributes.integers(.window).enumerated().map { axis, size in
      Window.Axis(
        size: size, stride: strides.isEmpty ? 1 : strides[axis],
        dilation: dilations.isEmpty ? 1 : dilations[axis], low: low.isEmpty ? 0 : low[axis],
        high: high.isEmpty ? 0 : high[axis])
    }
  }
}

extension Window.Axis {
  /// The windows over the results, spaced by the stride, of which each one holds the results whose
  /// windows hold a position of an axis of that size.
  func transposed(extent: Dim, count: Dim) -> Window.Axis {
    let low = reach - self.low
    return Window.Axis(
      size: size, stride: 1, dilation: dilation, low: low,
      high: extent - count.dilated(by: stride) - low + reach)
  }
}

extension TapeBuilder {
  /// An op over windows.
  mutating func window(
    _ op: Op, _ operands: Value..., axes: [Window.Axis]
  ) throws(TapeError) -> Value {
    var attributes: Attributes = [.window: .integers(axes.map(\.size))]
    if axes.contains(where: { $0.stride != 1 }) {
      attributes[.stride] = .integers(axes.map(\.stride))
    }
    if axes.contains(where: { $0.dilation != 1 }) {
      attributes[.dilation] = .integers(axes.map(\.dilation))
    }
    if axes.contains(where: { $0.low != 0 }) { attributes[.low] = .dims(axes.map(\.low)) }
    if axes.contains(where: { $0.high != 0 }) { attributes[.high] = .dims(axes.map(\.high)) }
    return try apply(op, operands, attributes)[0]
  }

  /// A value at the results of windows, with zeros between them as far as the strides are.
  mutating func spaced(_ value: Value, _ axes: [Window.Axis]) throws(TapeError) -> Value {
    let zeros = [Dim](repeating: 0, count: axes.count)
    let filler = try splat(.zero(dtype(of: value)), .scalar)
    return try pad(value, with: filler, low: zeros, high: zeros, steps: axes.map(\.stride))
  }

  /// The value, whose shape is `shape` for all sizes that can be, with that very shape.
  mutating func settled(_ value: Value, _ shape: Shape) throws(TapeError) -> Value {
    var value = value
    for axis in shape.dims.indices {
      value = try slice(value, axis: axis, from: 0, to: shape[axis])
    }
    return value
  }
}
