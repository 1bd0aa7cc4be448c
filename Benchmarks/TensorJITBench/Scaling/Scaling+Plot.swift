import Glibc

// What was measured, as a table and as a picture.

extension Scaling {
  /// Microseconds an op, in Markdown: linear growth where a line's numbers stay the same.
  var table: String {
    let head = "| µs an op | " + rows.map { "\($0.ops)" }.joined(separator: " | ") + " |"
    let rule = "|---|" + rows.map { _ in "---:|" }.joined()
    let lines = (steps + ["all"]).enumerated().map { number, step in
      let cells = rows.map { row in
        let seconds = number < steps.count ? row.seconds[number] : row.seconds.reduce(0, +)
        return formatted(seconds / Double(row.ops) * 1e6, digits: 3)
      }
      return "| \(step) | " + cells.joined(separator: " | ") + " |"
    }
    return ([head, rule] + lines).joined(separator: "\n")
  }

  /// A picture in SVG: seconds over ops, both logarithmic, a line a step, and dashed ones that grow
  /// linearly.
  var plot: String {
    let frame = Frame()
    var parts = frame.grid
    for (number, step) in (steps + ["all"]).enumerated() {
      let points = rows.map { row in
        (row.ops, number < steps.count ? row.seconds[number] : row.seconds.reduce(0, +))
      }
      let hue = number * 360 / (steps.count + 1)
      let color = number < steps.count ? "hsl(\(hue),65%,45%)" : "black"
      parts.append(frame.line(points, color: color))
      let y = 30 + 20 * number
      parts.append(
        "<path d=\"M690 \(y)h24\" stroke=\"\(color)\" stroke-width=\"2\"/>"
          + "<text x=\"720\" y=\"\(y + 4)\">\(step)</text>")
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 520" font-family="sans-serif" \
      font-size="12">
      <rect width="860" height="520" fill="white"/>
      \(parts.joined(separator: "\n"))
      </svg>

      """
  }
}

/// The part of the picture that the lines lie in.
private struct Frame {
  let ops = 3.0...6.0
  let seconds = -5.0...2.0

  private func x(_ logarithm: Double) -> Double {
    60 + 600 * (logarithm - ops.lowerBound) / (ops.upperBound - ops.lowerBound)
  }

  private func y(_ logarithm: Double) -> Double {
    470 - 450 * (logarithm - seconds.lowerBound) / (seconds.upperBound - seconds.lowerBound)
  }

  /// The axes, and lines along which seconds grow as ops do.
  var grid: [String] {
    var parts = [
      "<rect x=\"60\" y=\"20\" width=\"600\" height=\"450\" fill=\"none\" stroke=\"black\"/>",
      "<text x=\"360\" y=\"510\" text-anchor=\"middle\">ops</text>",
      "<text transform=\"translate(16 245) rotate(-90)\" text-anchor=\"middle\">seconds</text>",
    ]
    for power in stride(from: ops.lowerBound, through: ops.upperBound, by: 1) {
      parts.append(
        "<text x=\"\(text(x(power)))\" y=\"488\" text-anchor=\"middle\">10<tspan dy=\"-5\" "
          + "font-size=\"9\">\(Int(power))</tspan></text>")
    }
    for power in stride(from: seconds.lowerBound, through: seconds.upperBound, by: 1) {
      parts.append(
        "<text x=\"54\" y=\"\(text(y(power) + 4))\" text-anchor=\"end\">10<tspan dy=\"-5\" "
          + "font-size=\"9\">\(Int(power))</tspan></text>")
    }
    // Those that lie within the frame at both ends.
    let growth = ops.upperBound - ops.lowerBound
    for start in stride(from: seconds.lowerBound, through: seconds.upperBound - growth, by: 1) {
      parts.append(
        "<path d=\"M\(text(x(ops.lowerBound))) \(text(y(start)))L\(text(x(ops.upperBound))) "
          + "\(text(y(start + growth)))\" stroke=\"silver\" stroke-dasharray=\"4\"/>")
    }
    return parts
  }

  /// A line through points, as far as they lie within the frame.
  func line(_ points: [(ops: Int, seconds: Double)], color: String) -> String {
    let places = points.map { point in
      let height = log10(point.seconds).clamped(to: seconds)
      return "\(text(x(log10(Double(point.ops))))),\(text(y(height)))"
    }
    return "<polyline points=\"\(places.joined(separator: " "))\" fill=\"none\" "
      + "stroke=\"\(color)\" stroke-width=\"2\"/>"
  }

  private func text(_ number: Double) -> String { formatted(number, digits: 1) }
}

extension Double {
  fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
    min(max(self, range.lowerBound), range.upperBound)
  }
}
