import Foundation
import IRSpecRunner
import Testing

/// The built command as a process of its own.
struct ProcessTests {
  /// Where the build puts it: beside the tests.
  private static let path: String? = {
    let path = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appending(path: "tensorjit").path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  private func run(
    _ arguments: [String], input: String = ""
  ) throws -> (status: Int32, output: String, errors: String) {
    let folder = try TemporaryFolder(prefix: "tensorjit-test")
    let base = folder.path
    try writeFile(base + "/input", Array(input.utf8))
    try writeFile(base + "/output", [])
    try writeFile(base + "/errors", [])
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.path))
    process.arguments = arguments
    process.standardInput = FileHandle(forReadingAtPath: base + "/input")
    process.standardOutput = FileHandle(forWritingAtPath: base + "/output")
    process.standardError = FileHandle(forWritingAtPath: base + "/errors")
    try process.run()
    process.waitUntilExit()
    let output = String(decoding: try readFile(base + "/output"), as: UTF8.self)
    let errors = String(decoding: try readFile(base + "/errors"), as: UTF8.self)
    return (process.terminationStatus, output, errors)
  }

  @Test(.enabled(if: path != nil)) func standardInputAndOutput() throws {
    let text = "(tape t [] (y (constant [1 2] :type f32[2])) (return y))"
    let result = try run(["run", "-"], input: text)
    #expect(result == (0, "y f32[2] = [1 2]\n", ""))
  }

  @Test(.enabled(if: path != nil)) func statusesOfErrors() throws {
    let wrong = try run(["dump-ir", "-"], input: "(tape t [(x i32[])] (y (exp x)) (return y))")
    #expect(wrong.status == 1)
    #expect(wrong.output == "")
    #expect(wrong.errors.hasPrefix("<stdin>:1:24: error: C1: exp needs a floating operand"))
    let usage = try run(["run", "-", "--engine", "tpu"])
    #expect(usage.status == 2)
    #expect(usage.output == "")
  }
}
