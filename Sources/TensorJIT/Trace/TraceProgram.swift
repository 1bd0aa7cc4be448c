import ScalarIR
import TapeIR

/// What was captured, flat and without names: by it a compiled program is found again.
///
/// Values are numbered as they come up: a leaf and a constant are one, an op as many as it has
/// results. Equal programs compute the same from equal leaves.
struct TraceProgram: Hashable {
  enum Step: Hashable {
    case leaf(TensorType)
    case constant(ScalarValue, TensorType)
    /// An op on the next `operandCount` of `operands`.
    case op(Op, Attributes, operandCount: Int)
  }

  var steps: [Step] = []
  /// The values that the ops take, op after op.
  var operands: [Int] = []
  var results: [Int] = []

  /// The same as a tape whose parameters are the leaves.
  ///
  /// - Parameter recipes: for each op among the steps, in order, the recipe that it comes from.
  func tape(_ recipes: [Recipe]) throws(TapeError) -> Tape {
    var builder = TapeBuilder(name: "main")
    var values: [Value] = []
    var leafCount = 0
    var recipes = recipes.makeIterator()
    var remaining = operands[...]
    for step in steps {
      switch step {
      case .leaf(let type):
        values.append(builder.parameter("p\(leafCount)", type))
        leafCount += 1
      case .constant(let value, let type):
        values.append(try builder.splat(value, type.shape))
      case .op(let op, let attributes, let count):
        guard let recipe = recipes.next() else {
          throw .malformed("an op was captured without its recipe")
        }
        let results = builder.add(
          op, remaining.prefix(count).map { values[$0] }, attributes,
          types: recipe.outputs.compactMap(\.type), provenance: recipe.provenance)
        values.append(contentsOf: results)
        remaining = remaining.dropFirst(count)
      }
    }
    return builder.finish(
      results.enumerated().map { number, result in
        Tape.Result(name: "y\(number)", value: values[result])
      })
  }
}
