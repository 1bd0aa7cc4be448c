import ArgumentParser
import TapeIR
import TensorJIT

/// `tensorjit ops`: the table of ops.
struct OpsCommand: ToolCommand {
  static let configuration = CommandConfiguration(
    commandName: "ops", abstract: "Lists the ops: family, gradient, engines, constraints.")

  func perform(_ console: inout Console) throws(ToolError) {
    let engines = Engine.allCases.map(\.rawValue).joined(separator: " ")
    var rows = [["OP", "FAMILY", "GRADIENT", "ENGINES", "CONSTRAINTS"]]
    for op in OpTable.standard.ops {
      rows.append(
        [op.name, op.kind.rawValue, op.gradient.text, engines]
          + [op.constraints.joined(separator: " ")])
    }
    for word in Sugar.standard {
      rows.append(
        [word.name, "shorthand", "of what it stands for", engines]
          + [word.constraints.joined(separator: " ")])
    }
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
      let cells = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      console.print((cells + row.dropFirst(4)).joined(separator: "  "))
    }
  }
}

extension Op.Gradient {
  fileprivate var text: String {
    switch self {
    case .rule: "rule"
    case .zero(let reason): "zero: \(reason)"
    }
  }
}
