import ScalarIR

extension Op {
  /// A body once for each slice of some operands, which hands carries on from one to the next.
  package static let scan = Op(
    "scan",
    summary: ":body over slices along axis 0, handing on carries; stacks what else it gives",
    kind: .control,
    constraints: [
      "C1 :carry is at least 0 and at most the number of operands, of which it counts the carries.",
      "C2 :length is at least 0.",
      "C3 the operands x… after the carries have :length elements along axis 0.",
      "C4 :body takes the types of the carries, then those of x… without axis 0.",
      "C5 :body gives the types of the carries first; the results after them are stacked along a "
        + "new axis 0 of :length.",
    ],
    arity: .atLeast(0),
    attributes: [
      AttributeSpec(.length, .dim), AttributeSpec(.carry, .integer),
      AttributeSpec(.reverse, .boolean, isRequired: false), AttributeSpec(.body, .tape),
    ],
    literalRule: { number, _, attributes in attributes.body(.body)?.literalType(number) },
    infer: { (types, attributes) throws(ConstraintViolation) in
      let body = try requiredBody("scan", .body, attributes)
      let (carryCount, length) = (attributes.integer(.carry), attributes.dim(.length))
      guard 0...types.count ~= carryCount else {
        throw ConstraintViolation(
          "C1",
          "scan of \(types.count) operands needs a :carry in 0 ... \(types.count), "
            + "found \(carryCount)")
      }
      if let length = length.constant, length < 0 {
        throw ConstraintViolation("C2", "scan needs a :length of at least 0, found \(length)")
      }
      let carries = Array(types[..<carryCount])
      var slices: [TensorType] = []
      for type in types[carryCount...] {
        guard type.rank > 0, type.shape[0] == length else {
          throw ConstraintViolation(
            "C3", "scan needs operands of \(length.text) elements along axis 0, found \(type)")
        }
        slices.append(TensorType(type.dtype, Shape(Array(type.shape.dims.dropFirst()))))
      }
      try checkParameters("scan", .body, body, carries + slices, constraint: "C4")
      let results = body.resultTypes
      guard results.count >= carryCount, Array(results[..<carryCount]) == carries else {
        throw ConstraintViolation(
          "C5",
          "scan needs a :body that first gives (\(TensorType.list(carries))), "
            + "found one that gives (\(TensorType.list(results)))")
      }
      return carries
        + results[carryCount...].map { $0.stacked(length) }
    },
    family: { _, attributes in
      controlFamily(Scan(attributes).map(Control.scan))
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let scan = Scan(context.attributes) else { return context.operands.map { _ in nil } }
      return try scan.gradient(&builder, context)
    })
}

extension Scan {
  fileprivate init?(_ attributes: Attributes) {
    guard let body = attributes.body(.body) else { return nil }
    self.init(
      body: body, length: attributes.dim(.length), carryCount: attributes.integer(.carry),
      isReversed: attributes.boolean(.reverse))
  }

  /// The attributes of the op that this is.
  package var attributes: Attributes {
    var attributes: Attributes = [
      .body: .tape(body), .length: .dim(length), .carry: .integer(carryCount),
    ]
    if isReversed { attributes[.reverse] = .boolean(true) }
    return attributes
  }
}
