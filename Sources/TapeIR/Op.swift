import ScalarIR

/// An op: everything there is to know about one operation on tensors.
///
/// An op is one constant in one file under `Ops/`, one line in `OpTable.swift` and one spec. Its
/// family decides shape rule, fusion and lowering; an elementwise op's meaning is the scalar
/// expression in its family.
package final class Op: Sendable {
  /// How many operands an op takes.
  package enum Arity: Hashable, Sendable {
    case exactly(Int)
    case atLeast(Int)
  }

  /// What the op's derivative is.
  package enum Gradient: Sendable {
    /// Cotangents of the operands from cotangents of the results.
    case rule(GradientRule)
    /// There is none because the result does not depend smoothly on the operands, and why.
    case zero(String)
  }

  /// Builds the operands' cotangents; nil for an operand on which the results do not depend.
  package typealias GradientRule =
    @Sendable (inout TapeBuilder, GradientContext) throws(TapeError) -> [Value?]

  /// The types of the results, or which constraint does not hold.
  package typealias TypeRule =
    @Sendable ([TensorType], Attributes) throws(ConstraintViolation) -> [TensorType]

  /// The element type of a literal as operand `number`, from the element types of the operands that
  /// are no literals and from the attributes; nil where they do not tell.
  package typealias LiteralRule =
    @Sendable (_ number: Int, _ operands: [DType?], Attributes) -> DType?

  /// The family and its payload, for operands that fulfil the constraints.
  package typealias FamilyRule = @Sendable ([TensorType], Attributes) -> Family

  /// Builds what a use of the op stands for in other ops; nil where it stands for itself.
  package typealias Expansion =
    @Sendable (inout TapeBuilder, [Value], Attributes) throws(TapeError) -> [Value]?

  package let name: String
  /// One line that says what the op computes.
  package let summary: String
  /// Which family the op belongs to, whatever its operands.
  package let kind: Family.Kind
  /// The numbered constraints, `C1 …`, that violations refer to.
  package let constraints: [String]
  package let arity: Arity
  package let attributes: [AttributeSpec]
  /// Whether text and tensors may give operands of different shapes, which broadcast by NumPy's rule.
  package let broadcastsOperands: Bool
  /// The element types that literals take as operands whose type is not that of the others.
  package let literalTypes: [Int: DType]
  /// Whether the results are the first operands, and the op is there for its gradient alone; what is
  /// evaluated does not contain it.
  package let isTransparent: Bool
  /// What tells the types of other literals, where that is not the first operand that is none.
  package let literalRule: LiteralRule?
  package let infer: TypeRule
  package let family: FamilyRule
  package let gradient: Gradient
  /// What uses of the op stand for that its family does not cover: a builder never adds them to a tape.
  package let expansion: Expansion?

  package init(
    _ name: String, summary: String, kind: Family.Kind, constraints: [String], arity: Arity,
    attributes: [AttributeSpec] = [], broadcastsOperands: Bool = false,
    literalTypes: [Int: DType] = [:], literalRule: LiteralRule? = nil,
    isTransparent: Bool = false,
    infer: @escaping TypeRule, family: @escaping FamilyRule, gradient: Gradient,
    expansion: Expansion? = nil
  ) {
    self.name = name
    self.summary = summary
    self.kind = kind
    self.constraints = constraints
    self.arity = arity
    self.attributes = attributes
    self.broadcastsOperands = broadcastsOperands
    self.literalTypes = literalTypes
    self.isTransparent = isTransparent
    self.literalRule = literalRule
    self.infer = infer
    self.family = family
    self.gradient = gradient
    self.expansion = expansion
  }
}

extension Op: Hashable {
  package static func == (a: Op, b: Op) -> Bool { a === b }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// A numbered constraint that operands or attributes do not fulfil.
package struct ConstraintViolation: Error, Hashable, Sendable {
  /// `C1`, as the op's list of constraints numbers it.
  package let constraint: String
  /// What was needed and what was found: `exp needs a floating operand, found i32[4]`.
  package let message: String

  package init(_ constraint: String, _ message: String) {
    self.constraint = constraint
    self.message = message
  }
}

/// A tape with the cotangents of `sources`, given those of `outputs`; nil where no path leads from a
/// source to an output. Values keep their numbers.
package typealias VectorJacobianProduct =
  @Sendable (_ tape: Tape, _ outputs: [Value], _ cotangents: [Value], _ sources: [Value])
  throws(TapeError) -> (tape: Tape, gradients: [Value?])

/// What a gradient rule is given.
package struct GradientContext: Sendable {
  package let operands: [Value]
  package let results: [Value]
  package let attributes: Attributes
  /// The cotangents of the results; nil where nothing depends on a result.
  package let cotangents: [Value?]
  /// Whether each operand's cotangent is wanted; others may be nil.
  package let isWanted: [Bool]
  /// Differentiates the tapes of which rules make bodies.
  package let differentiate: VectorJacobianProduct

  package init(
    operands: [Value], results: [Value], attributes: Attributes, cotangents: [Value?],
    isWanted: [Bool], differentiate: @escaping VectorJacobianProduct
  ) {
    self.operands = operands
    self.results = results
    self.attributes = attributes
    self.cotangents = cotangents
    self.isWanted = isWanted
    self.differentiate = differentiate
  }
}
