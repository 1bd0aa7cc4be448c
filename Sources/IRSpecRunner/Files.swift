import Glibc

/// A file that could not be read or written, and why.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  package let path: String
  /// What failed, as in "cannot be read: No such file or directory".
  package let message: String

  package init(path: String, message: String) {
    self.path = path
    self.message = message
  }

  /// What failed with the system's reason for it.
  init(_ path: String, _ action: String, errno code: Int32 = errno) {
    self.init(path: path, message: "cannot be \(action): \(String(cString: strerror(code)))")
  }

  package var description: String { "\(path) \(message)" }
}

/// The bytes of a file; `-` is standard input.
package func readFile(_ path: String) throws(FileError) -> [UInt8] {
  let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw FileError(path, "read") }
  defer { if descriptor != 0 { close(descriptor) } }
  var bytes: [UInt8] = []
  var status = stat()
  if fstat(descriptor, &status) == 0, status.st_size > 0 {
    bytes.reserveCapacity(Int(status.st_size))
  }
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    if count < 0 {
      if errno == EINTR { continue }
      throw FileError(path, "read")
    }
    if count == 0 { return bytes }
    bytes += chunk[..<count]
  }
}

/// Makes or replaces a file.
package func writeFile(_ path: String, _ bytes: [UInt8]) throws(FileError) {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
  guard descriptor >= 0 else { throw FileError(path, "written") }
  let isWritten = writeAll(descriptor, bytes)
  let code = errno
  guard close(descriptor) == 0, isWritten else { throw FileError(path, "written", errno: code) }
}

/// Writes all bytes to an open file; false, with `errno` set, where that fails.
package func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
  bytes.withUnsafeBytes { buffer in
    var offset = 0
    while offset < buffer.count {
      let count = write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      offset += count
    }
    return true
  }
}

/// A new folder that is removed with the files in it.
package struct TemporaryFolder: ~Copyable {
  package let path: String

  package init(prefix: String) throws(FileError) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/\(prefix)-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileError(parent, "written into") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in entries(of: path) { unlink(path + "/" + name) }
    rmdir(path)
  }
}

/// The names in a folder, sorted; none where it cannot be read.
private func entries(of path: String) -> [String] {
  guard let folder = opendir(path) else { return [] }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// The spec files that a path names: itself, or all `.tape` files in a folder and in those below it.
package func specFiles(at path: String) throws(FileError) -> [String] {
  var status = stat()
  guard stat(path, &status) == 0 else { throw FileError(path, "read") }
  guard status.st_mode & S_IFMT == S_IFDIR else { return [path] }
  var files: [String] = []
  var folders = [path.hasSuffix("/") ? String(path.dropLast()) : path]
  while let folder = folders.popLast() {
    for name in entries(of: folder).reversed() {
      let child = folder + "/" + name
      guard lstat(child, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR { folders.append(child) }
      if status.st_mode & S_IFMT == S_IFREG, name.hasSuffix(".tape") { files.append(child) }
    }
  }
  return files.sorted()
}
