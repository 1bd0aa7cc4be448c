import ScalarIR

extension Op {
  /// The product along axes; `and` of booleans.
  package static let reduceProd: Op = reduction(
    "reduce-prod", summary: "product along axes; and of booleans", of: .any,
    monoid: { .product($0) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let (x, attributes) = (context.operands[0], context.attributes)
      let (shape, dtype) = (builder.shape(of: x), builder.dtype(of: x))
      let axes = attributes.integers(.axes).sorted()
      // The reduced axes become one, the last.
      let kept = shape.dims.indices.filter { !axes.contains($0) }
      let order = kept + axes
      let wide = try builder.transpose(builder.convert(x, to: dtype.computeType), axes: order)
      let count = axes.reduce(1) { $0 * shape[$1] }
      let rows = try builder.reshape(wide, to: Shape(kept.map { shape[$0] } + [count]))
      let others = try builder.productsOfOthers(rows, axis: kept.count)
      let spread = try builder.transpose(
        builder.reshape(others, to: builder.shape(of: wide)),
        axes: shape.dims.indices.compactMap { order.firstIndex(of: $0) })
      let share = try builder.op(
        .mul,
        builder.spread(builder.convert(cotangent, to: dtype.computeType), over: x, attributes),
        spread)
      return [try builder.convert(share, to: dtype)]
    })
}

extension Monoid {
  /// The product of numbers; `and` of booleans.
  static func product(_ dtype: DType) -> Monoid {
    .simple(
      "prod", dtype, identity: .one(dtype.computeType), empty: .one(dtype),
      combine: dtype == .bool ? .and : .mul)
  }
}
