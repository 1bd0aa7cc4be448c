import ScalarIR

extension Op {
  /// A scan of a monoid along `:axis`, from its end under `:reverse true`.
  static func cumulative(
    _ name: String, summary: String, monoid: @escaping @Sendable (DType) -> Monoid,
    gradient: Gradient
  ) -> Op {
    scan(name, summary: summary, operands: 1, gradient: gradient) { dtype, axis, isReversed in
      CumulativeScan(monoid(dtype), axis: axis, isReversed: isReversed)
    }
  }

  /// A scan of operands of one type along `:axis`, from its end under `:reverse true`.
  static func scan(
    _ name: String, summary: String, operands count: Int, gradient: Gradient,
    scan: @escaping @Sendable (DType, _ axis: Int, _ isReversed: Bool) -> CumulativeScan
  ) -> Op {
    let subject = count == 1 ? "x has" : "a and b have"
    return Op(
      name, summary: summary,
      kind: .scan,
      constraints: [
        OperandClass.number.constraint("C1", subject),
        "C2 :axis is an axis of \(count == 1 ? "x" : "a and b, which have one type").",
        "C3 type(y) = type(\(count == 1 ? "x" : "a")).",
      ],
      arity: .exactly(count),
      attributes: [
        AttributeSpec(.axis, .integer), AttributeSpec(.reverse, .boolean, isRequired: false),
      ],
      infer: { (types, attributes) throws(ConstraintViolation) in
        for type in types where !type.dtype.isNumber {
          throw ConstraintViolation("C1", "\(name) needs number elements, found \(type)")
        }
        try checkSameType(name, types, constraint: "C2")
        try checkAxis(name, attributes.integer(.axis), of: types[0], constraint: "C2")
        return [types[0]]
      },
      family: { types, attributes in
        .scan(scan(types[0].dtype, attributes.integer(.axis), attributes.boolean(.reverse)))
      },
      gradient: gradient)
  }
}

extension TapeBuilder {
  /// The results of a scan along an axis.
  mutating func scan(
    _ op: Op, _ operands: Value..., axis: Int, isReversed: Bool
  ) throws(TapeError) -> Value {
    var attributes: Attributes = [.axis: .integer(axis)]
    if isReversed { attributes[.reverse] = .boolean(true) }
    return try apply(op, operands, attributes)[0]
  }

  /// The value moved by one along an axis, towards its end or, reversed, its beginning; `filler` at
  /// the place that becomes free.
  mutating func shift(
    _ value: Value, axis: Int, isReversed: Bool, filler: Double
  ) throws(TapeError) -> Value {
    let filler = try splat(
      ScalarValue(dtype(of: value), rounding: filler), .scalar)
    var low = [Dim](repeating: 0, count: shape(of: value).rank)
    low[axis] = isReversed ? -1 : 1
    return try pad(value, with: filler, low: low, high: low.map { 0 - $0 })
  }

  /// For each element along an axis, the product of all others. It is made of products of those
  /// before and of those behind, so that zeros need no division.
  mutating func productsOfOthers(_ value: Value, axis: Int) throws(TapeError) -> Value {
    let before = try scan(
      .cumProd, shift(value, axis: axis, isReversed: false, filler: 1), axis: axis,
      isReversed: false)
    let behind = try scan(
      .cumProd, shift(value, axis: axis, isReversed: true, filler: 1), axis: axis, isReversed: true)
    return try op(.mul, before, behind)
  }
}
