import Glibc

/// The figures as a table.
struct Table: CustomStringConvertible {
  let figures: [Figures]

  var description: String {
    let header = [
      "workload", "threads", "median ms", "best ms", "floor ms", "share", "work", "floor",
    ]
    let rows = [header] + figures.map(\.row)
    let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        let isText = column == 0 || column == header.count - 1
        return isText ? cell.0 + padding : padding + cell.0
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}

extension Figures {
  fileprivate var row: [String] {
    [
      workload, "\(threads)", milliseconds(median), milliseconds(best),
      floor.map { milliseconds($0.seconds) } ?? "",
      floor.map { formatted($0.seconds / median * 100, digits: 0) + " %" } ?? "", workText,
      floor?.name ?? "",
    ]
  }

  private var workText: String {
    switch work {
    case .bytes(let bytes): formatted(Double(bytes) / 0x1p20, digits: 0) + " MiB"
    case .operations(let operations): formatted(operations / 1e6, digits: 1) + " MFLOP"
    case .small: ""
    }
  }

  /// An object of JSON.
  fileprivate var json: String {
    var fields = [
      "\"workload\": \(quoted(workload))", "\"threads\": \(threads)",
      "\"median_seconds\": \(median)", "\"best_seconds\": \(best)",
    ]
    if let floor {
      fields.append("\"floor\": \(quoted(floor.name))")
      fields.append("\"floor_seconds\": \(floor.seconds)")
    }
    switch work {
    case .bytes(let bytes): fields.append("\"bytes\": \(bytes)")
    case .operations(let operations): fields.append("\"operations\": \(operations)")
    case .small: break
    }
    return "{" + fields.joined(separator: ", ") + "}"
  }
}

/// The figures as JSON, with what they were measured on.
func json(_ figures: [Figures], machine: String, rounds: Int) -> String {
  """
  {
    "machine": \(quoted(machine)),
    "rounds": \(rounds),
    "results": [
      \(figures.map(\.json).joined(separator: ",\n    "))
    ]
  }

  """
}

/// Text of printable characters as a string of JSON.
private func quoted(_ text: String) -> String {
  "\"" + text.flatMap { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" } + "\""
}

private func milliseconds(_ seconds: Double) -> String {
  formatted(seconds * 1e3, digits: seconds < 1e-4 ? 5 : 3)
}

/// The number with so many digits after the point.
func formatted(_ number: Double, digits: Int32) -> String {
  var buffer = [CChar](repeating: 0, count: 64)
  let length = withVaList([digits, number]) { vsnprintf(&buffer, 64, "%.*f", $0) }
  return String(decoding: buffer.prefix(max(0, Int(length))).map(UInt8.init), as: UTF8.self)
}

/// Replaces a file's contents.
func write(_ text: String, to path: String) throws(BenchError) {
  guard let file = fopen(path, "w") else { throw BenchError("cannot write \(path)") }
  let isWritten = fputs(text, file) >= 0
  guard fclose(file) == 0, isWritten else { throw BenchError("cannot write \(path)") }
}
