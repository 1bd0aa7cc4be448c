import ScalarIR

extension Op {
  /// The bits of each element read as another type; with narrower elements a last axis appears that
  /// holds the parts of each, the lowest bits first, and with wider ones it goes.
  package static let bitcast: Op = Op(
    "bitcast", summary: "the bits of the elements as another element type",
    kind: .elementwise,
    constraints: [
      "C1 neither x nor :to is bool.",
      "C2 shape(y) = shape(x) where :to has the width of x's elements.",
      "C3 where :to is r times narrower, y has one axis more, the last, of size r.",
      "C4 where :to is r times wider, the last axis of x has size r, and y lacks it.",
    ],
    arity: .exactly(1), attributes: [AttributeSpec(.to, .dtype)],
    infer: { (types, attributes) throws(ConstraintViolation) in
      let x = types[0]
      let target = attributes.dtype(.to) ?? x.dtype
      if x.dtype == .bool || target == .bool {
        throw ConstraintViolation("C1", "bitcast has no bool, found \(x) to \(target)")
      }
      var dims = x.shape.dims
      if target.bitWidth < x.dtype.bitWidth {
        dims.append(.constant(x.dtype.bitWidth / target.bitWidth))
      } else if target.bitWidth > x.dtype.bitWidth {
        let ratio = target.bitWidth / x.dtype.bitWidth
        guard dims.popLast()?.constant == ratio else {
          throw ConstraintViolation(
            "C4", "bitcast to \(target) needs a last axis of size \(ratio), found \(x)")
        }
      }
      return [TensorType(target, Shape(dims))]
    },
    family: { types, attributes in
      .elementwise(
        ScalarExpr([types[0].dtype]) { builder, inputs in
          [builder.bitcast(inputs[0], to: attributes.dtype(.to) ?? types[0].dtype)]
        })
    },
    gradient: .zero("bitcast reads bits"),
    expansion: { (builder, operands, attributes) throws(TapeError) in
      let x = operands[0]
      let source = builder.dtype(of: x)
      guard let target = attributes.dtype(.to), target.bitWidth != source.bitWidth else {
        return nil
      }
      let bits = try builder.bitcast(x, to: source.unsignedCounterpart)
      let parts =
        target.bitWidth < source.bitWidth
        ? try builder.split(bits, into: target.unsignedCounterpart)
        : try builder.joined(bits, into: target.unsignedCounterpart)
      return [try builder.bitcast(parts, to: target)]
    })
}

extension TapeBuilder {
  /// The bits of the elements as a type of the same width.
  fileprivate mutating func bitcast(_ x: Value, to dtype: DType) throws(TapeError) -> Value {
    if self.dtype(of: x) == dtype { return x }
    return try op(.bitcast, x, attributes: [.to: .dtype(dtype)])
  }

  /// The parts of unsigned integers along a new last axis, the lowest bits first.
  fileprivate mutating func split(_ x: Value, into part: DType) throws(TapeError) -> Value {
    let whole = dtype(of: x)
    let count = whole.bitWidth / part.bitWidth
    let shape = shape(of: x)
    let spread = Shape(shape.dims + [.constant(count)])
    let numbers = try apply(
      .iota, [],
      [.type: .type(TensorType(whole, spread)), .axis: .integer(shape.rank)])[0]
    let width = try splat(ScalarValue(whole, wrapping: part.bitWidth), spread)
    let repeated = try broadcast(reshape(x, to: Shape(shape.dims + [1])), to: spread)
    return try convert(op(.shrLogical, repeated, op(.mul, numbers, width)), to: part)
  }

  /// The unsigned integers whose parts lie along the last axis, the lowest bits first.
  fileprivate mutating func joined(_ x: Value, into whole: DType) throws(TapeError) -> Value {
    let part = dtype(of: x)
    let dims = shape(of: x).dims
    let outer = Array(dims.dropLast())
    let zeros = [Dim](repeating: 0, count: outer.count)
    var result: Value?
    for number in 0..<whole.bitWidth / part.bitWidth {
      let piece = try op(
        .slice, x,
        attributes: [
          .start: .dims(zeros + [.constant(number)]),
          .limit: .dims(outer + [.constant(number + 1)]),
        ])
      let wide = try convert(reshape(piece, to: Shape(outer)), to: whole)
      let count = ScalarValue(whole, wrapping: number * part.bitWidth)
      let moved = try op(.shl, wide, splat(count, Shape(outer)))
      result = try result.map { (low) throws(TapeError) in try op(.or, low, moved) } ?? moved
    }
    return result ?? x
  }
}
