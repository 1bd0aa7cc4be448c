import ScalarIR

extension Op {
  /// A reduction along `:axes`, which stay with size 1 under `:keep true`.
  package static func reduction(
    _ name: String, summary: String, of operand: OperandClass,
    monoid: @escaping @Sendable (DType) -> Monoid, gradient: Gradient
  ) -> Op {
    Op(
      name, summary: summary,
      kind: .reduction,
      constraints: [
        operand.constraint("C1", "x has"),
        "C2 :axes are distinct axes of x.",
        "C3 y has x's element type and its shape without :axes, or with size 1 there under :keep.",
      ],
      arity: .exactly(1),
      attributes: [
        AttributeSpec(.axes, .integers), AttributeSpec(.keep, .boolean, isRequired: false),
      ],
      infer: { (types, attributes) throws(ConstraintViolation) in
        if !operand.contains(types[0].dtype) {
          throw ConstraintViolation(
            "C1", "\(name) needs \(operand.rawValue) elements, found \(types[0])")
        }
        let axes = attributes.integers(.axes)
        if Set(axes).count != axes.count || !axes.allSatisfy(types[0].shape.dims.indices.contains) {
          throw ConstraintViolation(
            "C2",
            "\(name) of \(types[0]) needs distinct axes in 0 ..< \(types[0].rank), "
              + "found \(axes)")
        }
        return [
          TensorType(
            types[0].dtype,
            reducedShape(types[0].shape, axes: axes, keepsAxes: attributes.boolean(.keep)))
        ]
      },
      family: { types, attributes in
        .reduction(
          Reduction(
            monoid: monoid(types[0].dtype), axes: attributes.integers(.axes).sorted(),
            keepsAxes: attributes.boolean(.keep)))
      },
      gradient: gradient)
  }

  /// `shape` without `axes`, or with size 1 there.
  static func reducedShape(_ shape: Shape, axes: [Int], keepsAxes: Bool) -> Shape {
    Shape(
      shape.dims.indices.compactMap { axis in
        axes.contains(axis) ? (keepsAxes ? 1 : nil) : shape[axis]
      })
  }
}

extension TapeBuilder {
  /// A value of a reduction's result shape repeated along the reduced axes of its operand.
  mutating func spread(
    _ value: Value, over operand: Value, _ attributes: Attributes
  ) throws(TapeError) -> Value {
    let shape = shape(of: operand)
    let axes = attributes.integers(.axes)
    let kept = Op.reducedShape(shape, axes: axes, keepsAxes: true)
    return try broadcast(reshape(value, to: kept), to: shape)
  }
}
