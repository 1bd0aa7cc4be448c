import ScalarIR

extension Op {
  /// `and` of the bits of integers, or of booleans, along axes; all bits where there is no element.
  package static let reduceAnd: Op = reduction(
    "reduce-and", summary: "bitwise and along axes; logical and of booleans", of: .integerOrBool,
    monoid: { dtype in
      let all = ScalarValue(dtype, bits: .max)
      return .simple("and", dtype, identity: all, empty: all, combine: .and)
    },
    gradient: .zero("reduce-and has no floating operand"))
}
