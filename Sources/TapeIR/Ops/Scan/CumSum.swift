import ScalarIR

extension Op {
  /// The sum of each element and all before it along an axis.
  package static let cumSum: Op = cumulative(
    "cum-sum", summary: "sum of all elements up to each, along an axis", monoid: { .sum($0) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let attributes = context.attributes
      return [
        try builder.scan(
          .cumSum, cotangent, axis: attributes.integer(.axis),
          isReversed: !attributes.boolean(.reverse))
      ]
    })
}
