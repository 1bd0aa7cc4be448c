import ScalarIR

extension Op {
  /// The product of two elements; `and` of booleans.
  package static let mul: Op = elementwise(
    "mul", summary: "elementwise product; and of booleans", operands: 2, of: .any,
    meaning: { builder, inputs in
      let isBool = builder.type(of: inputs[0]) == .bool
      return builder.binary(isBool ? .and : .mul, inputs[0], inputs[1])
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil, nil] }
      let (a, b) = (context.operands[0], context.operands[1])
      return [
        context.isWanted[0] ? try builder.op(.mul, cotangent, b) : nil,
        context.isWanted[1] ? try builder.op(.mul, cotangent, a) : nil,
      ]
    })
}
