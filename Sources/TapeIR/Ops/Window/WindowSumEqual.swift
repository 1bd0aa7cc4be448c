import ScalarIR

extension Op {
  /// The sum over each window of the elements of v where x equals the window's own element of k, or
  /// where both are NaN: what the gradients of maxima over windows are made of, and its own.
  package static let windowSumEqual: Op = windowed(
    "window-sum-equal", summary: "sum over each window of v where x equals k, or both are nan",
    operands: 2, centered: 1,
    constraints: [
      "C1 x, v and k have number elements, x and k of one type; v has x's shape, k has y's."
    ],
    fold: { windowSumEqualFold(of: $0[0].dtype, $0[1].dtype) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil, nil, nil] }
      let (x, k) = (context.operands[0], context.operands[2])
      let shape = builder.shape(of: x)
      let axes = windowAxes(context.attributes, rank: shape.rank)
      let sum = try builder.window(
        .windowSumEqual, builder.spaced(k, axes), builder.spaced(cotangent, axes), x,
        axes: axes.transposed(shape, builder.shape(of: cotangent)))
      return [nil, try builder.settled(sum, shape), nil]
    },
    check: { (types, shape) throws(ConstraintViolation) in
      let (x, v, k) = (types[0], types[1], types[2])
      if !x.dtype.isNumber || !v.dtype.isNumber || x.dtype != k.dtype || x.shape != v.shape {
        throw ConstraintViolation(
          "C1",
          "window-sum-equal needs numbers, x and k of one element type, x and v of one shape, "
            + "found \(x), \(v) and \(k)")
      }
      if let shape, k.shape != shape {
        throw ConstraintViolation(
          "C1", "window-sum-equal needs k of the result's shape \(shape), found \(k)")
      }
    })

  private static func windowSumEqualFold(of compared: DType, _ summed: DType) -> Accumulation {
    let wide = summed.computeType
    return Accumulation(
      name: "sum-equal", start: [.zero(wide)],
      step: ScalarExpr([wide, compared, summed, compared]) { builder, inputs in
        let (x, k) = (
          builder.convert(inputs[1], to: compared.computeType),
          builder.convert(inputs[3], to: compared.computeType)
        )
        let areNaN = builder.binary(
          .and, builder.compare(.ne, x, x), builder.compare(.ne, k, k))
        let isTaken = builder.binary(.or, builder.compare(.eq, x, k), areNaN)
        let sum = builder.add(inputs[0], builder.convert(inputs[2], to: wide))
        return [builder.select(isTaken, sum, inputs[0])]
      },
      finish: ScalarExpr([wide]) { builder, inputs in [builder.convert(inputs[0], to: summed)] })
  }
}
