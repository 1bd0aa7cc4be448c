import ScalarIR

/// How a reduction combines elements: a state, its neutral value, and three pure functions.
///
/// The neutral value is exact — combining it with any state gives that state's bits — so lanes
/// without elements may be filled with it: the sum's is −0.0, not 0.0.
package struct Monoid: Hashable, Sendable {
  /// A word for kernels' names and for messages, such as `sum`.
  package let name: String
  /// The state that combines with any other without changing it.
  package let identity: [ScalarValue]
  /// From an element and its row-major position (`i64`) among the reduced elements to a state.
  package let lift: ScalarExpr
  /// From two states, the earlier first, to a state. Associative up to rounding.
  package let combine: ScalarExpr
  /// From a state to the result.
  package let finish: ScalarExpr
  /// The result where there is no element.
  package let empty: ScalarValue

  package init(
    name: String, identity: [ScalarValue], lift: ScalarExpr, combine: ScalarExpr,
    finish: ScalarExpr, empty: ScalarValue
  ) {
    self.name = name
    self.identity = identity
    self.lift = lift
    self.combine = combine
    self.finish = finish
    self.empty = empty
  }

  /// The types of the state.
  package var state: [DType] { identity.map(\.dtype) }

  /// Whether `lift` reads the position.
  package var usesPosition: Bool {
    lift.nodes.contains { node in
      ScalarExpr.operands(of: node).contains { lift.nodes[$0.index] == .parameter(1) }
    } || lift.results.contains { lift.nodes[$0.index] == .parameter(1) }
  }

  /// A monoid whose state is one value of the element type's compute type, combined by `combine`.
  package static func simple(
    _ name: String, _ dtype: DType, identity: ScalarValue, empty: ScalarValue,
    combine: ScalarOp.Binary
  ) -> Monoid {
    let wide = dtype.computeType
    return Monoid(
      name: name,
      identity: [identity],
      lift: ScalarExpr([dtype, .i64]) { builder, inputs in
        [builder.convert(inputs[0], to: wide)]
      },
      combine: ScalarExpr([wide, wide]) { builder, inputs in
        [builder.binary(combine, inputs[0], inputs[1])]
      },
      finish: ScalarExpr([wide]) { builder, inputs in [builder.convert(inputs[0], to: dtype)] },
      empty: empty)
  }
}
