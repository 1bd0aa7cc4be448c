import ArgumentParser
import Glibc
import IRSpecRunner
import ScalarIR
import TapeIR

/// A `.npy` file and the parameter or result that it holds: `NAME=FILE`.
struct ArrayFile: ExpressibleByArgument {
  let name: String
  let path: String

  init?(argument: String) {
    guard let mark = argument.firstIndex(of: "=") else { return nil }
    name = String(argument[..<mark])
    path = String(argument[argument.index(after: mark)...])
    if name.isEmpty || path.isEmpty { return nil }
  }
}

extension ArrayFile {
  /// The array of each parameter of a tape, of exactly its type.
  static func inputs(
    _ files: [ArrayFile], for tape: Tape, _ console: Console
  ) throws(ToolError) -> [Literal] {
    var inputs: [Literal] = []
    for parameter in tape.parameterList {
      guard let file = files.first(where: { $0.name == parameter.name }) else {
        throw .program("the parameter \(parameter.name) \(parameter.type) needs an --input")
      }
      let bytes = try console.read(file.path)
      let literal: Literal
      do { literal = try Literal(numPyFile: bytes) } catch {
        throw .program("\(file.path): \(error)")
      }
      guard literal.dtype == parameter.type.dtype, literal.sizes.count == parameter.type.rank else {
        throw .program(
          "\(file.path): \(parameter.name) has the type \(parameter.type), "
            + "found \(literal.dtype)\(literal.shape)")
      }
      inputs.append(literal)
    }
    return inputs
  }

  /// Writes results to files, all or none: under temporary names first, which are then changed.
  static func write(
    _ files: [ArrayFile], _ results: [Literal], names: [String]
  ) throws(ToolError) {
    var writer = FileWriter()
    defer { writer.removeTemporaries() }
    do throws(FileError) {
      for file in files {
        guard let number = names.firstIndex(of: file.name) else { continue }
        try writer.prepare(file.path, results[number].numPyFile)
      }
      try writer.commit()
    } catch {
      throw ToolError(error)
    }
  }
}

/// Files that appear together once all of them are written.
private struct FileWriter {
  private var temporaries: [(temporary: String, path: String)] = []
  /// What is no plain file, such as a terminal or a pipe, and cannot be replaced.
  private var streams: [(path: String, bytes: [UInt8])] = []

  mutating func prepare(_ path: String, _ bytes: [UInt8]) throws(FileError) {
    var status = stat()
    if stat(path, &status) == 0 {
      let kind = status.st_mode & S_IFMT
      if kind == S_IFDIR {
        throw FileError(path: path, message: "cannot be written: it is a folder")
      }
      if kind != S_IFREG {
        streams.append((path, bytes))
        return
      }
    }
    let temporary = "\(path).\(getpid())-\(temporaries.count).tmp"
    temporaries.append((temporary, path))
    do throws(FileError) { try writeFile(temporary, bytes) } catch {
      throw FileError(path: path, message: error.message)
    }
  }

  mutating func commit() throws(FileError) {
    for stream in streams { try writeFile(stream.path, stream.bytes) }
    while let (temporary, path) = temporaries.first {
      guard rename(temporary, path) == 0 else {
        throw FileError(
          path: path, message: "cannot be written: \(String(cString: strerror(errno)))")
      }
      temporaries.removeFirst()
    }
  }

  func removeTemporaries() {
    for (temporary, _) in temporaries { unlink(temporary) }
  }
}
