import Glibc

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

extension Duration {
  var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

extension Int {
  func clamped(to range: ClosedRange<Int>) -> Int {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}
