/// The macros that thread a value through steps; each has a form that threads first and one last.
///
/// A step `(f a)` takes the value `x` as `(f x a)` or, last, as `(f a x)`: after its operands and
/// before its attributes. A step `f` is short for `(f)`.
enum ThreadingMacro {
  /// Which operand a threaded value becomes.
  enum Slot {
    case first
    case last
  }

  /// `(-> x (f a) g)` → `(g (f x a))`.
  case chain(Slot)
  /// `(*-> [a b] f [g h])` → `[(g (f a b)) (h (f a b))]`: a list's elements all go into a step, and
  /// each step of a list gets the value.
  case broadcast(Slot)
  /// `(|-> [x y] [(f a) (g b)] h)` → `[(h (f x a)) (h (g y b))]`: each element on its own way.
  case inline(Slot)
  /// `(=-> x (f a) g)` → `(let [[it_0 x] [it_1 (f it_0 a)] [it_2 (g it_1)]] it_2)`.
  case bind(Slot)
  /// `(cond-> x true (f a) false g)` → `(f x a)`.
  case conditional(Slot)

  /// The macro that a form's head names, if it names one.
  init?(head: String) {
    guard head.utf8.last == UInt8(ascii: ">") else { return nil }
    switch head {
    case "->": self = .chain(.first)
    case "->>": self = .chain(.last)
    case "*->": self = .broadcast(.first)
    case "*->>": self = .broadcast(.last)
    case "|->": self = .inline(.first)
    case "|->>": self = .inline(.last)
    case "=->": self = .bind(.first)
    case "=->>": self = .bind(.last)
    case "cond->": self = .conditional(.first)
    case "cond->>": self = .conditional(.last)
    default: return nil
    }
  }

  /// The macro that an expression is a use of, if it is one.
  init?(_ expression: SExpression) {
    guard let head = expression.head else { return nil }
    self.init(head: head)
  }
}

/// One use of a macro: the form, its steps, and where to report what is wrong with it.
struct MacroUse {
  let macro: ThreadingMacro
  let form: SExpression
  /// The value that is threaded, seen as the list that a macro in its place stands for.
  let value: SExpression
  /// What follows the value.
  let steps: ArraySlice<SExpression>
  let file: String

  /// How many levels deeper than the form the value comes to stand, at most.
  var addedDepth: Int {
    switch macro {
    case .chain, .broadcast, .inline: steps.count
    case .bind: 3
    case .conditional: steps.filter { $0.kind == .boolean(true) }.count
    }
  }

  /// The form that the use stands for; the macros in its elements are left as they are.
  func expanded(names: inout FreshNames) throws(SourceError) -> SExpression {
    var result = value
    switch macro {
    case .chain(let slot):
      for step in steps { result = try thread([result], through: step, slot) }
    case .broadcast(let slot):
      for step in steps { result = try broadcast(result, through: step, slot) }
    case .inline(let slot):
      for step in steps { result = try inline(result, through: step, slot) }
    case .bind(let slot): result = try bound(slot, names: &names)
    case .conditional(let slot): result = try conditional(slot)
    }
    return result
  }

  /// A step with values as its first or last operands.
  private func thread(
    _ values: [SExpression], through step: SExpression, _ slot: ThreadingMacro.Slot
  ) throws(SourceError) -> SExpression {
    switch step.kind {
    case .symbol:
      return SExpression(.form([step] + values), at: step.position)
    case .form(var elements) where !elements.isEmpty:
      let place =
        switch slot {
        case .first: 1
        case .last: elements.dropFirst().firstIndex { $0.keyword != nil } ?? elements.count
        }
      elements.insert(contentsOf: values, at: place)
      return SExpression(.form(elements), at: step.position)
    case .form, .keyword, .integer, .float, .boolean, .string, .list, .type:
      throw error("no step", at: step, expected: "a name or a form")
    }
  }

  private func broadcast(
    _ value: SExpression, through step: SExpression, _ slot: ThreadingMacro.Slot
  ) throws(SourceError) -> SExpression {
    if let branches = step.listElements {
      var results: [SExpression] = []
      for branch in branches { results.append(try broadcast(value, through: branch, slot)) }
      return SExpression(.list(results), at: step.position)
    }
    return try thread(value.listElements ?? [value], through: step, slot)
  }

  private func inline(
    _ value: SExpression, through step: SExpression, _ slot: ThreadingMacro.Slot
  ) throws(SourceError) -> SExpression {
    let pairs: [(SExpression, SExpression)]
    switch (value.listElements, step.listElements) {
    case (nil, nil): return try thread([value], through: step, slot)
    case (let values?, let branches?):
      pairs = try pairwise(values, branches, at: step.position, in: file)
    case (let values?, nil): pairs = values.map { ($0, step) }
    case (nil, let branches?): pairs = branches.map { (value, $0) }
    }
    var results: [SExpression] = []
    for (value, branch) in pairs { results.append(try inline(value, through: branch, slot)) }
    return SExpression(.list(results), at: step.position)
  }

  private func bound(
    _ slot: ThreadingMacro.Slot, names: inout FreshNames
  ) throws(SourceError) -> SExpression {
    var name = SExpression(.symbol(names.next()), at: value.position)
    var bindings = [SExpression(.list([name, value]), at: value.position)]
    for step in steps {
      let result = try thread([name], through: step, slot)
      name = SExpression(.symbol(names.next()), at: step.position)
      bindings.append(SExpression(.list([name, result]), at: step.position))
    }
    let head = SExpression(.symbol("let"), at: form.position)
    return SExpression(
      .form([head, SExpression(.list(bindings), at: form.position), name]), at: form.position)
  }

  private func conditional(_ slot: ThreadingMacro.Slot) throws(SourceError) -> SExpression {
    guard steps.count.isMultiple(of: 2) else {
      throw error(
        "a condition without a step", at: form, expected: "pairs of a condition and a step",
        found: "\(steps.count) elements after the value")
    }
    var result = value
    for index in stride(from: steps.startIndex, to: steps.endIndex, by: 2) {
      guard case .boolean(let holds) = steps[index].kind else {
        throw error(
          "a condition must be known when the text is read", at: steps[index],
          expected: "true or false")
      }
      if holds { result = try thread([result], through: steps[index + 1], slot) }
    }
    return result
  }

  private func error(
    _ message: String, at place: SExpression, expected: String, found: String? = nil
  ) -> SourceError {
    SourceError(
      file: file, position: place.position, message: message, expected: expected,
      found: found ?? place.summary, form: form.summary)
  }
}
