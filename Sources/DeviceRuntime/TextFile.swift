import Glibc

/// Small files that the kernel writes.
enum TextFile {
  /// The text of a file up to a number of bytes, or nil where it cannot be read.
  static func read(_ path: String, limit: Int) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      count = fread(buffer.baseAddress, 1, limit, file)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
