import ScalarIR

/// Writes the statements of a kernel in order, each loop's body in a closure.
package struct StatementWriter {
  private var bodies: [[Statement]] = [[]]
  private var names = 0

  /// What has been written.
  package var statements: [Statement] { bodies[0] }

  package init() {}

  private mutating func fresh(_ prefix: String) -> Variable {
    names += 1
    return Variable("\(prefix)\(names - 1)")
  }

  package mutating func loop(
    _ extent: Index, _ mark: Loop.Mark = .serial, body: (inout StatementWriter, Index) -> Void
  ) {
    let variable = fresh("i")
    bodies.append([])
    body(&self, .variable(variable))
    let statements = bodies.removeLast()
    append(.loop(Loop(variable, extent, mark, statements)))
  }

  /// Statements that run where the condition holds.
  package mutating func when(_ condition: Condition, body: (inout StatementWriter) -> Void) {
    bodies.append([])
    body(&self)
    let statements = bodies.removeLast()
    append(.conditional(condition, then: statements, else: []))
  }

  package mutating func append(_ statement: Statement) {
    bodies[bodies.count - 1].append(statement)
  }

  package mutating func define(_ dtype: DType, _ expression: Expression) -> Variable {
    let variable = fresh("v")
    append(.define(variable, dtype, expression))
    return variable
  }

  /// An index, computed once.
  package mutating func define(_ index: Index) -> Index {
    index.constant == nil ? .value(define(.i64, .index(index))) : index
  }

  package mutating func load(
    _ dtype: DType, _ array: String, _ index: Index, if condition: Condition = .always
  ) -> Variable {
    define(
      dtype,
      .load(
        array: array, index: index, condition: condition,
        otherwise: condition.isAlways ? nil : .zero(dtype)))
  }

  package mutating func store(_ value: Variable, _ array: String, _ index: Index) {
    append(.store(array: array, index: index, value: value))
  }

  package mutating func convert(_ value: Variable, from source: DType, to target: DType) -> Variable
  {
    source == target ? value : define(target, .convert(value))
  }

  /// `a · b + c` as contractions accumulate it.
  package mutating func multiplyAdd(
    _ dtype: DType, _ a: Variable, _ b: Variable, _ c: Variable
  ) -> Variable {
    if dtype.isFloating { return define(dtype, .fma(a, b, c)) }
    let product = define(dtype, .binary(dtype == .bool ? .and : .mul, a, b))
    return define(dtype, .binary(dtype == .bool ? .or : .add, c, product))
  }
}
