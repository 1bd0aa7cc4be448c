import ScalarIR

extension Op {
  /// The sum of two elements; `or` of booleans.
  package static let add: Op = elementwise(
    "add", summary: "elementwise sum; or of booleans", operands: 2, of: .any,
    meaning: { builder, inputs in
      let isBool = builder.type(of: inputs[0]) == .bool
      return builder.binary(isBool ? .or : .add, inputs[0], inputs[1])
    },
    gradient: .rule { (_, context) in [context.cotangents[0], context.cotangents[0]] })
}
