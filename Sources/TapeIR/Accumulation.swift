import ScalarIR

/// How elements are combined one after the other: a state that begins as `start`, takes in element
/// after element, and ends as a result.
package struct Accumulation: Hashable, Sendable {
  /// A word for messages, such as `sum`.
  package let name: String
  /// The state before the first element.
  package let start: [ScalarValue]
  /// From a state, and an element of each operand, to the state after them.
  package let step: ScalarExpr
  /// From a state to the result.
  package let finish: ScalarExpr

  package init(name: String, start: [ScalarValue], step: ScalarExpr, finish: ScalarExpr) {
    self.name = name
    self.start = start
    self.step = step
    self.finish = finish
  }

  /// A monoid's elements combined in order, from `start`.
  package init(_ monoid: Monoid, start: [ScalarValue]) {
    name = monoid.name
    self.start = start
    finish = monoid.finish
    let count = monoid.state.count
    step = ScalarExpr(monoid.state + [monoid.lift.parameters[0]]) { builder, inputs in
      let position = builder.constant(.zero(.i64))
      let lifted = builder.inline(monoid.lift, [inputs[count], position])
      return builder.inline(monoid.combine, Array(inputs[..<count]) + lifted)
    }
  }

  /// The types of the state.
  package var state: [DType] { start.map(\.dtype) }
}
