import ScalarIR

extension Op {
  /// The most elements that a tensor may have: what fits in memory by a wide margin, and whose byte
  /// count cannot overflow.
  static let elementLimit = 1 << 48

  /// The most axes that a tensor may have.
  static let rankLimit = 64

  /// The result types, once arity, attributes and constraints have been checked.
  ///
  /// `C0` names what holds for all ops: the number of operands, the attributes that the op has, and
  /// sizes that are not negative and not beyond any memory.
  package func checkedTypes(
    _ operands: [TensorType], _ attributes: Attributes
  ) throws(ConstraintViolation) -> [TensorType] {
    try Op.checkUse(
      name, operands: operands.count, arity, attributes, declared: self.attributes)
    for entry in attributes.entries {
      switch entry.value {
      case .dims(let dims): try Op.checkTerms(Shape(dims))
      case .dim(let dim): try Op.checkTerms(Shape([dim]))
      case .type(let type): try Op.checkTerms(type.shape)
      case .boolean, .integer, .integers, .symbols, .dtype, .literal, .tape, .word: continue
      }
    }
    let results = try infer(operands, attributes)
    for type in results { try Op.checkSize(type) }
    return results
  }

  /// Checks the number of operands, and that `attributes` holds the required ones and no others.
  static func checkUse(
    _ name: String, operands: Int, _ arity: Arity, _ attributes: Attributes,
    declared: [AttributeSpec]
  ) throws(ConstraintViolation) {
    switch arity {
    case .exactly(let count):
      if operands != count {
        throw ConstraintViolation(
          "C0", "\(name) takes \(count) operand\(count == 1 ? "" : "s"), found \(operands)")
      }
    case .atLeast(let count):
      if operands < count {
        throw ConstraintViolation(
          "C0", "\(name) takes at least \(count) operands, found \(operands)")
      }
    }
    for spec in declared where spec.isRequired && attributes[spec.key] == nil {
      throw ConstraintViolation("C0", "\(name) needs the attribute :\(spec.key.rawValue)")
    }
    for entry in attributes.entries
    where !declared.contains(where: { $0.key == entry.key }) {
      throw ConstraintViolation("C0", "\(name) has no attribute :\(entry.key.rawValue)")
    }
  }

  /// Checks that a type's sizes are neither negative nor beyond any memory.
  package static func checkSize(_ type: TensorType) throws(ConstraintViolation) {
    if type.rank > rankLimit {
      throw ConstraintViolation(
        "C0", "a tensor has at most \(rankLimit) axes, found \(type.rank)")
    }
    for dim in type.shape.dims {
      if let size = dim.constant, size < 0 {
        throw ConstraintViolation("C0", "sizes are not negative, found \(type)")
      }
    }
    try checkTerms(type.shape)
    if let count = type.shape.elementCount.constant, count > elementLimit {
      throw ConstraintViolation("C0", "\(type) has more than 2^48 elements")
    }
    // Beside an axis without elements, too.
    if type.shape.dims.contains(where: { $0.constant.map { $0 > elementLimit } ?? false }) {
      throw ConstraintViolation("C0", "sizes are at most 2^48, found \(type)")
    }
  }

  /// Checks that the number of elements can be told: that neither it nor a size has too many terms,
  /// or holds too many symbols.
  private static func checkTerms(_ shape: Shape) throws(ConstraintViolation) {
    var termCount = 1
    for (axis, dim) in shape.dims.enumerated() {
      let (product, overflows) = termCount.multipliedReportingOverflow(by: dim.termCount)
      guard !overflows, product <= Dim.termLimit, dim.isWithinLimits else {
        throw ConstraintViolation(
          "C0",
          "the sizes up to axis \(axis) of \(shape.rank) have too many terms, symbols or divisions "
            + "in each other")
      }
      termCount = product
    }
  }

  /// Checks that distances along axes, where they are known, do not reach beyond any tensor: then
  /// positions do not overflow.
  static func checkDistances(
    _ name: String, _ key: AttributeKey, _ distances: [Dim]
  ) throws(ConstraintViolation) {
    for distance in distances {
      if let value = distance.constant, value.magnitude > elementLimit {
        throw ConstraintViolation(
          "C0", "\(name) needs :\(key.rawValue) of at most 2^48 in magnitude, found \(value)")
      }
    }
  }

  /// Checks that `axis` is an axis of `type`.
  static func checkAxis(
    _ name: String, _ axis: Int, of type: TensorType, constraint: String
  ) throws(ConstraintViolation) {
    if !type.shape.dims.indices.contains(axis) {
      throw ConstraintViolation(
        constraint, "\(name) of \(type) needs an axis in 0 ..< \(type.rank), found \(axis)")
    }
  }
}
