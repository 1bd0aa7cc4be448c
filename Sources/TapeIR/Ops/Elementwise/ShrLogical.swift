import ScalarIR

extension Op {
  /// Each integer shifted right by an unsigned count, zeros coming in.
  package static let shrLogical: Op = elementwise(
    "shr-logical", summary: "elementwise shift to the right, zeros coming in", operands: 2,
    of: .integer,
    meaning: { builder, inputs in builder.binary(.shrLogical, inputs[0], inputs[1]) },
    gradient: .zero("shr-logical has no floating operand"))
}
