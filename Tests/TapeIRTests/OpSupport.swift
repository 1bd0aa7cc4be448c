import ScalarIR
import TapeIR
import Testing

/// The op called `name`, recorded as missing where the table has none.
func op(_ name: String) throws -> Op {
  try #require(OpTable.standard[name], "the table has no op \(name)")
}

/// The type that `text` such as `f32[4,B]` names; sizes are numbers or symbols.
func type(_ text: String) throws -> TensorType {
  let parts = text.split(separator: "[", omittingEmptySubsequences: false)
  let dtype = try #require(DType(name: parts[0]))
  let dims = parts[1].dropLast().split(separator: ",").map { size in
    Int(size).map(Dim.constant) ?? .symbol(String(size))
  }
  return TensorType(dtype, Shape(dims))
}

/// The result types as text, or the violation.
func inferred(
  _ name: String, _ operands: [String], _ attributes: Attributes = .none
) throws -> String {
  let op = try op(name)
  let types = try operands.map(type)
  do {
    return try op.checkedTypes(types, attributes).map(\.description).joined(separator: " ")
  } catch {
    return "\(error.constraint): \(error.message)"
  }
}

/// The scalar function of an elementwise op on operands of the given types.
func meaning(_ name: String, _ dtypes: [DType]) throws -> ScalarExpr {
  let types = dtypes.map { TensorType($0, []) }
  guard case .elementwise(let expression) = try op(name).family(types, .none) else {
    throw MissingMeaning(name: name)
  }
  return expression
}

struct MissingMeaning: Error {
  let name: String
}

/// An elementwise op applied to numbers that are first rounded to `dtype`.
func apply(_ name: String, _ dtype: DType, _ arguments: Double...) throws -> Double {
  let expression = try meaning(name, arguments.map { _ in dtype })
  return expression.evaluate(arguments.map { ScalarValue(dtype, rounding: $0) })[0].double
}
