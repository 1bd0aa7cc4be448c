import ScalarIR

extension Op {
  /// The sum along axes; `or` of booleans.
  package static let reduceSum: Op = reduction(
    "reduce-sum", summary: "sum along axes; or of booleans", of: .any,
    monoid: { .sum($0) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      return [try builder.spread(cotangent, over: context.operands[0], context.attributes)]
    })
}

extension Monoid {
  /// The sum of numbers; `or` of booleans.
  static func sum(_ dtype: DType) -> Monoid {
    if dtype == .bool {
      return .simple("sum", dtype, identity: .zero(dtype), empty: .zero(dtype), combine: .or)
    }
    return .simple(
      "sum", dtype, identity: ScalarValue(dtype.computeType, rounding: dtype.isFloating ? -0.0 : 0),
      empty: .zero(dtype), combine: .add)
  }
}
