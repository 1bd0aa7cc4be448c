import Glibc
import TensorJIT

/// An array in a file of its elements alone, whose type a word tells: `f32:4096x1024`, `f32:` for
/// rank 0.
struct ArrayFile {
  let elementType: Substring
  let shape: [Int]
  let path: Substring

  /// Parses `f32:4096x1024:PATH`.
  init(_ word: Substring) throws(BenchError) {
    let parts = word.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw BenchError("'\(word)' is not TYPE:SHAPE:PATH") }
    elementType = parts[0]
    shape = parts[1].split(separator: "x").compactMap { Int($0) }
    path = parts[2]
  }

  /// The array as a tensor, in memory of its own.
  func tensor() throws(BenchError) -> Tensor {
    switch elementType {
    case "f32": Tensor(try read(0 as Float), shape: shape)
    case "i32": Tensor(try read(0 as Int32), shape: shape)
    case _: throw BenchError("no type '\(elementType)'")
    }
  }

  private func read<Element>(_ zero: Element) throws(BenchError) -> [Element] {
    let count = shape.reduce(1, *)
    guard let file = fopen(String(path), "r") else { throw BenchError("cannot read \(path)") }
    defer { fclose(file) }
    let elements = [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = fread(buffer.baseAddress, MemoryLayout<Element>.stride, count, file)
    }
    guard elements.count == count else { throw BenchError("\(path) is too short") }
    return elements
  }

  /// Writes a tensor of floats; its type.
  static func write(_ tensor: Tensor, to path: String) throws -> String {
    guard try tensor.elementType == .f32 else { throw BenchError("results are f32") }
    guard let file = fopen(path, "w") else { throw BenchError("cannot write \(path)") }
    defer { fclose(file) }
    let written = try tensor.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
    guard written == 4 * (try tensor.elementCount) else { throw BenchError("cannot write \(path)") }
    return "f32:" + (try tensor.shape).map { "\($0)" }.joined(separator: "x")
  }
}
