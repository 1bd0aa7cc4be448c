import ScalarIR

extension Op {
  /// Each integer shifted left by an unsigned count; 0 where the count is the width or more.
  package static let shl: Op = elementwise(
    "shl", summary: "elementwise shift to the left; 0 by the width or more", operands: 2,
    of: .integer,
    meaning: { builder, inputs in builder.binary(.shl, inputs[0], inputs[1]) },
    gradient: .zero("shl has no floating operand"))
}
