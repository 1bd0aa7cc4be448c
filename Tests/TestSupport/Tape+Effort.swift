import ScalarIR
import TapeIR

extension Tape {
  /// About how many elements a run of the tape computes or reads; nil where sizes are symbolic, a
  /// number is beyond `limit`, or data decide how long a loop runs.
  package func effort(limit: Int) -> Int? {
    var total = 0
    for type in types {
      guard let count = type.shape.elementCount.constant, count <= limit else { return nil }
      total += count
    }
    for node in nodes {
      guard let effort = effort(of: node, limit: limit) else { return nil }
      let (sum, overflows) = total.addingReportingOverflow(effort)
      guard !overflows, sum <= limit else { return nil }
      total = sum
    }
    return total <= limit ? total : nil
  }

  /// What a node takes besides its results.
  private func effort(of node: Node, limit: Int) -> Int? {
    let results = Dim.constant(node.results.reduce(0) { $0 + count(type(of: $1)) })
    let operands = Dim.constant(node.operands.reduce(0) { $0 + count(type(of: $1)) })
    let effort: Dim
    switch family(of: node) {
    case .source, .elementwise, .movement, .reduction, .fold, .scan, .indexing, .sorting, .host:
      return 0
    case .linearAlgebra: effort = operands * operands
    case .contraction, .convolution: effort = results * (operands + 1)
    case .window(let window):
      effort = window.axes.reduce(results) { $0 * .constant($1.size) }
    case .control(.whileLoop): return nil
    case .control(.cond(let then, let otherwise)):
      guard let a = then.tape.effort(limit: limit), let b = otherwise.tape.effort(limit: limit)
      else { return nil }
      return a + b
    case .control(.scan(let scan)):
      guard let body = scan.body.tape.effort(limit: limit) else { return nil }
      effort = scan.length * .constant(body + 1)
    }
    return effort.constant
  }

  private func count(_ type: TensorType) -> Int { type.shape.elementCount.constant ?? 0 }
}
