import ScalarIR

extension Op {
  /// Random bits from a key of two words and each element's row-major position, by Threefry-2x32.
  package static let randomBits: Op = Op(
    "random-bits", summary: "counter-based random bits (Threefry-2x32, 20 rounds)",
    kind: .source,
    constraints: [
      "C1 KEY is u32[2].",
      "C2 the element type of :type is unsigned.",
      "C3 type(y) = :type.",
    ],
    arity: .exactly(1), attributes: [AttributeSpec(.type, .type)],
    infer: { (types, attributes) throws(ConstraintViolation) in
      guard let type = attributes.type(.type) else { return [] }
      if types[0] != TensorType(.u32, [2]) {
        throw ConstraintViolation("C1", "random-bits needs a key of type u32[2], found \(types[0])")
      }
      if !type.dtype.isUnsignedInteger {
        throw ConstraintViolation("C2", "random-bits needs an unsigned type, found \(type)")
      }
      return [type]
    },
    family: { _, attributes in
      .source(.generated(randomBitsExpression(attributes.type(.type)?.dtype ?? .u32)))
    },
    gradient: .zero("random bits are integers"))

  /// The element of type `dtype` at a position (`u64`), from the key's two words (`u32`): the
  /// counter is the position as (high word, low word); narrow types take the low bits of the two
  /// random words' exclusive or, `u64` both words, the first one high.
  private static func randomBitsExpression(_ dtype: DType) -> ScalarExpr {
    ScalarExpr([.u64, .u32, .u32]) { builder, inputs in
      let width = builder.constant(integer: 32, like: inputs[0])
      let high = builder.convert(builder.binary(.shrLogical, inputs[0], width), to: .u32)
      let low = builder.convert(inputs[0], to: .u32)
      let words = builder.inline(.threefry2x32, [inputs[1], inputs[2], high, low])
      guard dtype == .u64 else {
        return [builder.convert(builder.binary(.xor, words[0], words[1]), to: dtype)]
      }
      let wide = words.map { builder.convert($0, to: .u64) }
      return [builder.binary(.or, builder.binary(.shl, wide[0], width), wide[1])]
    }
  }
}
