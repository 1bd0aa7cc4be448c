import ScalarIR

extension Op {
  /// The product over each window, from one.
  package static let windowProd: Op = window(
    "window-prod", summary: "product over each window",
    fold: { dtype in Accumulation(.product(dtype), start: Monoid.product(dtype).identity) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      return [try builder.windowProductCotangent(cotangent, context)]
    })
}

extension TapeBuilder {
  /// The operand's cotangent of a product over windows: for each place of the window, the product of
  /// the elements at all the others, so that zeros need no division.
  fileprivate mutating func windowProductCotangent(
    _ cotangent: Value, _ context: GradientContext
  ) throws(TapeError) -> Value {
    let x = context.operands[0]
    let (shape, dtype) = (shape(of: x), dtype(of: x))
    let results = self.shape(of: cotangent)
    if results.elementCount == 0 { return try splat(0, like: x) }
    let axes = Op.windowAxes(context.attributes, rank: shape.rank)
    let wide = try convert(cotangent, to: dtype.computeType)
    // Ones around x, and behind it so many that the slice of each place lies within.
    let (low, rest) = (axes.map(\.low), axes.map { $0.high + $0.reach + .constant($0.stride) })
    let one = try splat(.one(dtype.computeType), .scalar)
    let zero = try splat(.zero(dtype.computeType), .scalar)
    let padded = try pad(convert(x, to: dtype.computeType), with: one, low: low, high: rest)
    let sizes = self.shape(of: padded)
    var starts: [[Dim]] = [[]]
    for axis in axes {
      starts = starts.flatMap { start in
        (0..<axis.size).map { start + [.constant($0) * .constant(axis.dilation)] }
      }
    }
    var elements: [Value] = []
    for start in starts {
      let limit = axes.indices.map { start[$0] + results[$0] * .constant(axes[$0].stride) }
      elements.append(
        try op(
          .slice, padded,
          attributes: [
            .start: .dims(start), .limit: .dims(limit), .stride: .integers(axes.map(\.stride)),
          ]))
    }
    let shares = try productsOfOthers(elements, times: wide)
    var total: Value?
    for (start, share) in zip(starts, shares) {
      let high = axes.indices.map { axis in
        sizes[axis] - start[axis] - results[axis].dilated(by: axes[axis].stride)
      }
      let moved = try pad(share, with: zero, low: start, high: high, steps: axes.map(\.stride))
      total = if let total { try op(.add, total, moved) } else { moved }
    }
    guard let total else { return try splat(0, like: x) }
    let ofElements = try pad(
      total, with: zero, low: low.map { 0 - $0 }, high: rest.map { 0 - $0 })
    return try convert(settled(ofElements, shape), to: dtype)
  }

  /// For each value, `factor` times all the others.
  private mutating func productsOfOthers(
    _ values: [Value], times factor: Value
  ) throws(TapeError) -> [Value] {
    var products: [Value] = []
    var before = factor
    for value in values {
      products.append(before)
      before = try op(.mul, before, value)
    }
    guard var behind = values.last else { return products }
    for number in values.indices.dropLast().reversed() {
      products[number] = try op(.mul, products[number], behind)
      behind = try op(.mul, behind, values[number])
    }
    return products
  }
}
