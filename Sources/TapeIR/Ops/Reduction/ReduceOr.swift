import ScalarIR

extension Op {
  /// `or` of the bits of integers, or of booleans, along axes; no bit where there is no element.
  package static let reduceOr: Op = reduction(
    "reduce-or", summary: "bitwise or along axes; logical or of booleans", of: .integerOrBool,
    monoid: { dtype in
      .simple("or", dtype, identity: .zero(dtype), empty: .zero(dtype), combine: .or)
    },
    gradient: .zero("reduce-or has no floating operand"))
}
