import ScalarIR

extension Op {
  /// Each integer shifted right by an unsigned count, copies of the first bit coming in.
  ///
  /// The first bit of an unsigned integer is taken for a sign as well.
  package static let shrArith: Op = elementwise(
    "shr-arith", summary: "elementwise shift to the right, copies of the first bit coming in",
    operands: 2,
    of: .integer,
    meaning: { builder, inputs in
      let dtype = builder.type(of: inputs[0])
      let signed = inputs.map { builder.bitcast($0, to: dtype.signedCounterpart) }
      return builder.bitcast(builder.binary(.shrArith, signed[0], signed[1]), to: dtype)
    },
    gradient: .zero("shr-arith has no floating operand"))
}
