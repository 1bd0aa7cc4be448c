/// A word of the language that is written and called like an op, but stands for other ops: tapes
/// never hold it, and it prints as what it expands to.
package struct Sugar: Sendable {
  /// Builds what the word stands for, for operands in the number that `arity` asks for.
  package typealias Expansion =
    @Sendable (inout TapeBuilder, [Value], Attributes) throws(TapeError) -> [Value]

  package let name: String
  /// One line that says what it computes.
  package let summary: String
  /// The numbered constraints, `C1 …`, that violations refer to.
  package let constraints: [String]
  package let arity: Op.Arity
  package let attributes: [AttributeSpec]
  private let expansion: Expansion

  package init(
    _ name: String, summary: String, constraints: [String], arity: Op.Arity,
    attributes: [AttributeSpec] = [], expansion: @escaping Expansion
  ) {
    self.name = name
    self.summary = summary
    self.constraints = constraints
    self.arity = arity
    self.attributes = attributes
    self.expansion = expansion
  }

  /// The results of what the word stands for.
  ///
  /// - Throws: `TapeError.constraint`, in the word's own name, where a constraint does not hold.
  package func expand(
    _ builder: inout TapeBuilder, _ operands: [Value], _ attributes: Attributes = .none
  ) throws(TapeError) -> [Value] {
    do {
      try Op.checkUse(
        name, operands: operands.count, arity, attributes, declared: self.attributes)
    } catch {
      throw builder.violation(name, operands, error)
    }
    return try expansion(&builder, operands, attributes)
  }

  /// All such words.
  package static let standard: [Sugar] = [.matmul]

  /// The word called `name`, if there is one.
  package static func named(_ name: String) -> Sugar? { standard.first { $0.name == name } }
}

extension TapeBuilder {
  /// The error for operands that break a constraint of the op or word `name`.
  func violation(
    _ name: String, _ operands: [Value], _ violation: ConstraintViolation
  ) -> TapeError {
    .constraint(
      op: name, operands: operands.map(type(of:)), violation: violation, provenance: provenance)
  }
}
